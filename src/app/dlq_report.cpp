#include "app/dlq_report.hpp"

#include "app/numerals.hpp"

#include <prelabel/base/iso_time.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/base/printable.hpp>
#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace prelabel::app {
namespace {

using Groups = std::map<pipeline::LetterKind, pipeline::LetterBook::Group>;
using Row = std::array<std::string, 8>;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : printable(text); }

/// To the second: a column of times is compared by eye.
std::string second_of(const std::optional<WallTime>& at) {
    return at ? iso_8601(*at).substr(0, std::string_view("2026-11-23T19:00:00").size()) + "Z" : "-";
}

/// On one line, with what a terminal must not see taken out.
std::string one_line(const std::string& text) {
    std::string line = printable(text);
    std::ranges::replace(line, '\n', ' ');
    return line;
}

std::string table(const std::string& topic, const Groups& groups) {
    std::vector<Row> rows{{"CLASS", "OPEN", "SENT AGAIN", "OLDEST", "NEWEST", "TASK", "VERSION", "MODEL"}};
    std::size_t open = 0;
    std::size_t redriven = 0;
    for (const auto& [kind, group] : groups) {
        open += group.open;
        redriven += group.redriven;
        rows.push_back({or_dash(kind.reason), in_thousands(group.open), in_thousands(group.redriven),
                        second_of(group.oldest), second_of(group.newest), or_dash(kind.task),
                        or_dash(kind.task_version), or_dash(kind.model)});
    }
    std::string out = counted(open, "open dead letter") + " in " + topic;
    if (redriven > 0) out += "; " + in_thousands(redriven) + " more were sent again";
    out += '\n';
    if (groups.empty()) return out;
    std::array<std::size_t, Row().size()> widths{};
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], utf8::count_code_points(row[i]));
    auto group = groups.begin();
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string space(widths[i] - utf8::count_code_points(row[i]), ' ');
            const bool number = i == 1 || i == 2;
            line += (line.empty() ? "" : "  ") + (number ? space + row[i] : row[i] + space);
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
        if (&row == &rows.front()) continue;
        const auto& [kind, seen] = *group++;
        out += "    such as " + one_line(seen.document) + ": " + one_line(seen.message) + '\n';
        if (seen.incomplete > 0)
            out += "    " + in_thousands(seen.incomplete) + " without their value: load these from where they came\n";
    }
    return out;
}

std::string time_or_null(const std::optional<WallTime>& at) { return at ? json_string(iso_8601(*at)) : "null"; }

/// Headers may hold any bytes.
std::string text(const std::string& bytes) {
    return json_string(utf8::first_invalid(bytes) ? printable(bytes) : bytes);
}

std::string json(const std::string& topic, const Groups& groups) {
    std::size_t open = 0;
    std::string kinds;
    for (const auto& [kind, group] : groups) {
        open += group.open;
        kinds += (kinds.empty() ? "" : ", ");
        kinds += R"({"class": )" + text(kind.reason) + R"(, "task": )" + text(kind.task) + R"(, "task_version": )" +
                 text(kind.task_version) + R"(, "model": )" + text(kind.model) + R"(, "open": )" +
                 std::to_string(group.open) + R"(, "sent_again": )" + std::to_string(group.redriven) +
                 R"(, "without_value": )" + std::to_string(group.incomplete) + R"(, "oldest": )" +
                 time_or_null(group.oldest) + R"(, "newest": )" + time_or_null(group.newest) +
                 R"(, "such_as": {"document": )" + text(group.document) + R"(, "message": )" + text(group.message) +
                 "}}";
    }
    return R"({"topic": )" + json_string(topic) + R"(, "open": )" + std::to_string(open) + R"(, "kinds": [)" + kinds +
           "]}\n";
}

}  // namespace

std::string dlq_report(const std::string& topic, const Groups& groups, DlqFormat format) {
    return format == DlqFormat::json ? json(topic, groups) : table(topic, groups);
}

}  // namespace prelabel::app
