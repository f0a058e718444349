#pragma once

#include <prelabel/evaluation/report.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::evaluation {

enum class ReportFormat { table, json, markdown, csv };

[[nodiscard]] std::optional<ReportFormat> report_format(std::string_view name);

/// The report as text that ends with a newline. JSON and CSV hold doubles that read back to the same bits; the table
/// and Markdown round to four places. Labels are quoted or escaped as each format needs.
[[nodiscard]] std::string render(const Report& report, ReportFormat format);

}  // namespace prelabel::evaluation
