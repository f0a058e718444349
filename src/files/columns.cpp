#include "files/columns.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/nearest.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::size_t columns_shown = 50;

/// The column that was most likely meant by a name that no column has.
const std::string& meant(const std::string& name, const std::vector<std::string>& columns) {
    const auto like = [&](std::string_view word) {
        return std::ranges::find_if(columns, [&](const auto& column) { return lowered(column) == word; });
    };
    if (const auto same = like(lowered(name)); same != columns.end()) return *same;
    if (const auto near = nearest(name, columns)) return *std::ranges::find(columns, *near);
    for (const std::string_view usual : {"text", "body", "content", "message", "description", "comment", "document",
                                         "sentence", "review", "question", "abstract", "summary", "title"})
        if (const auto found = like(usual); found != columns.end()) return *found;
    return columns.back();
}

}  // namespace

Error no_such_column(const std::string& path, const std::vector<std::string>& columns, const MissingColumn& missing) {
    const auto steps = labeling::split_pointer(missing.pointer);
    std::string names;
    for (std::size_t i = 0; i < std::min(columns.size(), columns_shown); ++i)
        names += (names.empty() ? "" : ", ") + columns[i];
    if (columns.size() > columns_shown) names += ", … (" + std::to_string(columns.size()) + ")";
    const std::string name = steps.empty() ? "" : steps.back();
    const std::string what = steps.size() == 1
                                 ? "there is no column \"" + name + '"'
                                 : missing.key + " is \"" + missing.pointer + "\", but this file has columns";
    return {Fault::config, path + ": " + what + "; columns: " + names + "; " + missing.question + " (" + missing.key +
                               ": " + meant(name, columns) + ')'};
}

}  // namespace prelabel::files
