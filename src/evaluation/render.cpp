#include <prelabel/base/utf8.hpp>
#include <prelabel/evaluation/render.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <initializer_list>

namespace prelabel::evaluation {
namespace {

std::string shortest(double value) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

/// A fraction keeps its point, so that readers with types see a real number in every row.
std::string fraction(double value) {
    auto text = shortest(value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string rounded(double value) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.4f", value);
    return buffer.data();
}

/// The rows all text formats share: each class, then the averages.
struct Row {
    std::string name;
    Score score;
    std::size_t support;
};

std::array<Row, 3> averages(const Report& report) {
    const auto support = report.micro.support;
    return {{{"micro avg", report.micro.score, support},
             {"macro avg", report.macro, support},
             {"weighted avg", report.weighted, support}}};
}

std::string without_controls(std::string_view label) {
    std::string clean(label);
    std::ranges::replace_if(clean, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
    return clean;
}

// ---- table

std::string padded(const std::string& text, std::size_t width) {
    const auto length = utf8::first_invalid(text) ? text.size() : utf8::count_code_points(text);
    return std::string(width > length ? width - length : 0, ' ') + text;
}

void table_line(std::string& out, std::size_t width, std::initializer_list<std::string> cells) {
    bool first = true;
    for (const auto& cell : cells) {
        out += first ? padded(cell, width) : padded(cell, 11);
        first = false;
    }
    out += '\n';
}

std::string table(const Report& report) {
    std::size_t width = std::string_view("weighted avg").size();
    for (const auto& row : report.classes) width = std::max(width, row.label.size());
    std::string out;
    const auto line = [&](const Row& row) {
        table_line(out, width,
                   {row.name, rounded(row.score.precision), rounded(row.score.recall), rounded(row.score.f1),
                    std::to_string(row.support)});
    };
    table_line(out, width, {"class", "precision", "recall", "F1", "support"});
    out += '\n';
    for (const auto& row : report.classes) line({without_controls(row.label), row.counted.score, row.counted.support});
    out += '\n';
    for (const auto& row : averages(report)) line(row);
    out += "\n" + std::to_string(report.documents) + (report.documents == 1 ? " document, " : " documents, ") +
           std::string(to_string(report.level)) + " level, " + std::string(to_string(report.mode)) + " mode\n";
    return out;
}

// ---- JSON

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            std::array<char, 8> buffer{};
            std::snprintf(buffer.data(), buffer.size(), "\\u%04x", byte);
            out += buffer.data();
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string fields(const Score& score, std::size_t support) {
    return R"("precision":)" + fraction(score.precision) + R"(,"recall":)" + fraction(score.recall) + R"(,"f1":)" +
           fraction(score.f1) + R"(,"support":)" + std::to_string(support);
}

std::string fields(const CountedScore& row) {
    return fields(row.score, row.support) + R"(,"tp":)" + shortest(row.tp) + R"(,"fp":)" + shortest(row.fp) +
           R"(,"fn":)" + shortest(row.fn);
}

std::string json(const Report& report) {
    std::string out = R"({"mode":")" + std::string(to_string(report.mode)) + R"(","level":")" +
                      std::string(to_string(report.level)) + R"(","classes":[)";
    for (const auto& row : report.classes) {
        if (&row != report.classes.data()) out += ',';
        out += R"({"label":)" + quoted(row.label) + ',' + fields(row.counted) + '}';
    }
    out += R"(],"micro":{)" + fields(report.micro) + R"(},"macro":{)" + fields(report.macro, report.micro.support) +
           R"(},"weighted":{)" + fields(report.weighted, report.micro.support) + R"(},"documents":)" +
           std::to_string(report.documents) + "}\n";
    return out;
}

// ---- Markdown and CSV

std::string markdown(const Report& report) {
    std::string out = "| class | precision | recall | F1 | support |\n|---|---:|---:|---:|---:|\n";
    const auto line = [&](const std::string& name, const Row& row) {
        out += "| " + name + " | " + rounded(row.score.precision) + " | " + rounded(row.score.recall) + " | " +
               rounded(row.score.f1) + " | " + std::to_string(row.support) + " |\n";
    };
    for (const auto& row : report.classes) {
        std::string name;
        for (const char c : without_controls(row.label)) {
            if (std::string_view("\\|`*_<>[]").find(c) != std::string_view::npos) name += '\\';
            name += c;
        }
        line(name, {{}, row.counted.score, row.counted.support});
    }
    for (const auto& row : averages(report)) line("**" + row.name + "**", row);
    return out;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

std::string csv(const Report& report) {
    std::string out = "class,precision,recall,f1,support,tp,fp,fn\n";
    const auto line = [&](std::string_view name, const Score& score, std::size_t support) {
        out += csv_field(name) + ',' + fraction(score.precision) + ',' + fraction(score.recall) + ',' +
               fraction(score.f1) + ',' + std::to_string(support);
    };
    const auto counts = [&](const CountedScore& row) {
        out += ',' + shortest(row.tp) + ',' + shortest(row.fp) + ',' + shortest(row.fn) + '\n';
    };
    for (const auto& row : report.classes) {
        line(row.label, row.counted.score, row.counted.support);
        counts(row.counted);
    }
    line("micro avg", report.micro.score, report.micro.support);
    counts(report.micro);
    for (const auto& row : {averages(report)[1], averages(report)[2]}) {
        line(row.name, row.score, row.support);
        out += ",,,\n";
    }
    return out;
}

}  // namespace

std::string render(const Report& report, ReportFormat format) {
    switch (format) {
        case ReportFormat::table:
            return table(report);
        case ReportFormat::json:
            return json(report);
        case ReportFormat::markdown:
            return markdown(report);
        case ReportFormat::csv:
            return csv(report);
    }
    return {};
}

}  // namespace prelabel::evaluation
