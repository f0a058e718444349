#include <prelabel/files/file_format.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace prelabel::files {
namespace {

struct Extension {
    std::string_view ending;
    FileFormat format;
};

// `.conll.txt` stands before `.txt`: the first ending that fits decides.
constexpr std::array<Extension, 9> extensions{{{".jsonl", FileFormat::jsonl},
                                               {".ndjson", FileFormat::jsonl},
                                               {".csv", FileFormat::csv},
                                               {".conll", FileFormat::conll},
                                               {".conll.txt", FileFormat::conll},
                                               {".iob", FileFormat::conll},
                                               {".bio", FileFormat::conll},
                                               {".iobes", FileFormat::conll},
                                               {".txt", FileFormat::text}}};

}  // namespace

Result<FileFormat> format_of(const std::string& path) {
    if (path == "-") return FileFormat::jsonl;
    std::string lower = path;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& extension : extensions)
        if (lower.ends_with(extension.ending)) return extension.format;
    return Error{Fault::config, path + ": what format it has cannot be told from its name; " +
                                    "known are .jsonl, .csv, .txt and .conll"};
}

}  // namespace prelabel::files
