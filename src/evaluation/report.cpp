#include <prelabel/evaluation/report.hpp>

#include <array>
#include <span>

namespace prelabel::evaluation {
namespace {

// NumPy's order of addition: plain below 8, eight running sums up to 128, halves above.
double sum(std::span<const double> values) {
    if (values.size() < 8) {
        double total = 0;
        for (const double value : values) total += value;
        return total;
    }
    if (values.size() > 128) {
        auto half = values.size() / 2;
        half -= half % 8;
        return sum(values.first(half)) + sum(values.subspan(half));
    }
    std::array<double, 8> running{};
    const auto whole = values.size() - values.size() % 8;
    for (std::size_t i = 0; i < whole; ++i) running[i % 8] += values[i];
    double total = ((running[0] + running[1]) + (running[2] + running[3])) +
                   ((running[4] + running[5]) + (running[6] + running[7]));
    for (const double value : values.subspan(whole)) total += value;
    return total;
}

template <class Weight>
Score mean(const std::vector<ClassScore>& classes, double divisor, Weight weight) {
    if (divisor == 0) return {};
    const auto one = [&](double Score::*field) {
        std::vector<double> values;
        values.reserve(classes.size());
        for (const auto& row : classes) values.push_back(row.counted.score.*field * weight(row));
        return sum(values) / divisor;
    };
    return {one(&Score::precision), one(&Score::recall), one(&Score::f1)};
}

}  // namespace

CountedScore counted_score(double tp, std::size_t predicted, std::size_t gold) {
    const auto ratio = [](double part, double whole) { return whole > 0 ? part / whole : 0.0; };
    CountedScore row;
    row.support = gold;
    row.tp = tp;
    row.fp = static_cast<double>(predicted) - tp;
    row.fn = static_cast<double>(gold) - tp;
    row.score.precision = ratio(tp, static_cast<double>(predicted));
    row.score.recall = ratio(tp, static_cast<double>(gold));
    row.score.f1 = ratio(2 * row.score.precision * row.score.recall, row.score.precision + row.score.recall);
    return row;
}

void average(Report& report) {
    double support = 0;
    for (const auto& row : report.classes) support += static_cast<double>(row.counted.support);
    report.macro = mean(report.classes, static_cast<double>(report.classes.size()), [](const auto&) { return 1.0; });
    report.weighted =
        mean(report.classes, support, [](const auto& row) { return static_cast<double>(row.counted.support); });
}

}  // namespace prelabel::evaluation
