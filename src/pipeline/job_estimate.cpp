#include <prelabel/llm/cost.hpp>
#include <prelabel/pipeline/job_estimate.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr double one_in_twenty = 1.645;  // standard deviations

constexpr Quantiles tokens_per_ascii{0.25, 1.0 / 3};
constexpr Quantiles tokens_per_other{0.75, 1.3};
constexpr double answer_tokens = 10;  // around the entities
constexpr Quantiles entity_tokens{14, 16};
constexpr Quantiles entities_per_byte{1.0 / 150, 1.0 / 60};
constexpr Quantiles requests_per_document{1.02, 1.10};
constexpr Quantiles seconds_before_answer{0.5, 1};
constexpr Quantiles seconds_per_token{1.0 / 60, 1.0 / 20};
/// Pacing keeps a little below the limit (TokenBucket).
constexpr double pace = 0.995;

Quantiles each(const Quantiles& a, const Quantiles& b, auto combine) {
    return {combine(a.p50, b.p50), combine(a.p95, b.p95)};
}
Quantiles product(const Quantiles& a, const Quantiles& b) {
    return each(a, b, [](double x, double y) { return x * y; });
}
Quantiles times(const Quantiles& a, double factor) { return {a.p50 * factor, a.p95 * factor}; }

}  // namespace

TextSize TextSize::of(std::string_view text) {
    TextSize size;
    size.bytes = text.size();
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            ++size.ascii;
        else if (byte >= 0xC0)
            ++size.others;  // its first byte; those that follow are 0x80 to 0xBF
    }
    return size;
}

void MeasuredRatio::observe(double base, double found) {
    pairs_ += 1;
    base_ += base;
    found_ += found;
    base_squares_ += base * base;
    found_squares_ += found * found;
    products_ += base * found;
}

Quantiles MeasuredRatio::total(double base) const {
    if (base_ <= 0) return {};
    const double ratio = found_ / base_;
    const double squares = found_squares_ - 2 * ratio * products_ + ratio * ratio * base_squares_;
    const double variance = pairs_ > 1 ? std::max(0.0, squares) / (pairs_ - 1) : 0;
    const double count = base / (base_ / pairs_);  // of pairs such as those that were measured
    const double error = std::sqrt(variance * (count * count / pairs_ + count));
    return {ratio * base, ratio * base + one_in_twenty * error};
}

void JobEstimator::measured(const TextSize& text, const TextSize& body, const llm::Usage& usage) {
    if (usage.requests == 0) return;  // answered by the cache: it says nothing of what an answer costs
    if (usage.input_tokens == 0 || usage.output_tokens == 0) {
        ++uncounted_;
        return;
    }
    ++measured_;
    const auto requests = static_cast<double>(usage.requests);
    requests_.observe(1, requests);
    input_.observe(static_cast<double>(body.bytes), static_cast<double>(usage.input_tokens) / requests);
    output_.observe(static_cast<double>(text.bytes), static_cast<double>(usage.output_tokens) / requests);
    input_tokens_ += static_cast<double>(usage.input_tokens);
    cached_tokens_ += static_cast<double>(std::min(usage.cached_input_tokens, usage.input_tokens));
}

void JobEstimator::add(const TextSize& text, const TextSize& body) {
    ++documents_;
    text_bytes_ += static_cast<double>(text.bytes);
    body_bytes_ += static_cast<double>(body.bytes);
    input_guess_ = input_guess_ + times(tokens_per_ascii, static_cast<double>(body.ascii)) +
                   times(tokens_per_other, static_cast<double>(body.others));
    const Quantiles entities = times(product(entities_per_byte, entity_tokens), static_cast<double>(text.bytes));
    const auto most = static_cast<double>(terms_.output_tokens_max);
    output_guess_ = output_guess_ + Quantiles{std::min(most, answer_tokens + entities.p50),
                                              std::min(most, answer_tokens + entities.p95)};
}

JobEstimate JobEstimator::estimate() const {
    JobEstimate job;
    job.documents = documents_;
    job.unreadable = unreadable_;
    job.measured = measured_;
    job.uncounted = uncounted_;
    estimate_tokens(job);
    estimate_time(job);
    return job;
}

void JobEstimator::estimate_tokens(JobEstimate& job) const {
    const auto documents = static_cast<double>(documents_);
    if (documents_ == 0) {
        if (llm::is_known(terms_.price)) job.cost_usd.emplace();
        return;
    }
    job.requests = requests_.empty() ? times(requests_per_document, documents) : requests_.total(documents);
    const Quantiles again = times(job.requests, 1 / documents);
    job.input_tokens = product(input_.empty() ? input_guess_ : input_.total(body_bytes_), again);
    job.output_tokens = product(output_.empty() ? output_guess_ : output_.total(text_bytes_), again);
    if (!llm::is_known(terms_.price)) return;
    const double cached = input_tokens_ > 0 ? cached_tokens_ / input_tokens_ : 0;
    const auto cost = [&](double input, double output) {
        llm::Usage usage;
        usage.input_tokens = static_cast<std::uint64_t>(input);
        usage.cached_input_tokens = static_cast<std::uint64_t>(input * cached);
        usage.output_tokens = static_cast<std::uint64_t>(output);
        return llm::cost_usd(usage, terms_.price);
    };
    job.cost_usd = each(job.input_tokens, job.output_tokens, cost);
}

void JobEstimator::estimate_time(JobEstimate& job) const {
    const auto& limits = terms_.limits;
    const auto under = [](const Quantiles& amount, std::uint64_t per_minute) {
        return per_minute > 0 ? times(amount, 60 / (pace * static_cast<double>(per_minute))) : Quantiles{};
    };
    const Quantiles reserved = job.input_tokens + times(job.requests, static_cast<double>(terms_.output_tokens_max));
    const Quantiles answering =
        product(job.requests, seconds_before_answer) + product(job.output_tokens, seconds_per_token);
    const auto at_once = std::clamp<std::uint64_t>(limits.max_in_flight, 1, std::max<std::uint64_t>(1, documents_));
    const std::array waits{
        std::pair{Bottleneck::max_in_flight, times(answering, 1 / static_cast<double>(at_once))},
        std::pair{Bottleneck::requests_per_minute, under(job.requests, limits.requests_per_minute)},
        std::pair{Bottleneck::tokens_per_minute, under(reserved, limits.tokens_per_minute)},
    };
    for (const auto& [limit, seconds] : waits) {
        if (seconds.p50 > job.seconds.p50) job.bottleneck = limit;
        job.seconds = each(job.seconds, seconds, [](double a, double b) { return std::max(a, b); });
    }
}

}  // namespace prelabel::pipeline
