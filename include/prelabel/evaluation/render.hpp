#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/evaluation/report.hpp>

#include <array>
#include <string>

namespace prelabel::evaluation {

enum class ReportFormat { table, json, markdown, csv };
constexpr auto enum_names(ReportFormat) {
    return std::to_array<EnumName<ReportFormat>>({
        {ReportFormat::table, "table"},
        {ReportFormat::json, "json"},
        {ReportFormat::markdown, "markdown"},
        {ReportFormat::csv, "csv"},
    });
}

/// The report as text that ends with a newline. JSON and CSV hold doubles that read back to the same bits; the table
/// and Markdown round to four places. Labels are quoted or escaped as each format needs.
[[nodiscard]] std::string render(const Report& report, ReportFormat format);

}  // namespace prelabel::evaluation
