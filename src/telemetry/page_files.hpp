#pragma once

#include <span>
#include <string_view>

namespace prelabel::telemetry {

/// A file of the live page, as it stands in src/telemetry/page.
struct PageFile {
    std::string_view path;  ///< on the admin port
    std::string_view content_type;
    std::string_view text;
};

/// All of them. The page loads nothing from elsewhere. The build makes this from the files: page/embed.cmake.
[[nodiscard]] std::span<const PageFile> page_files();

}  // namespace prelabel::telemetry
