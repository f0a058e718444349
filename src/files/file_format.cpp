#include "files/decompressor.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/files/file_format.hpp>

#include <array>
#include <string_view>

namespace prelabel::files {
namespace {

struct Extension {
    std::string_view ending;
    FileFormat format;
};

// `.conll.txt` stands before `.txt`: the first ending that fits decides.
constexpr std::array extensions{Extension{".jsonl", FileFormat::jsonl},     Extension{".ndjson", FileFormat::jsonl},
                                Extension{".json", FileFormat::json},       Extension{".csv", FileFormat::csv},
                                Extension{".tsv", FileFormat::tsv},         Extension{".conll", FileFormat::conll},
                                Extension{".conll.txt", FileFormat::conll}, Extension{".iob", FileFormat::conll},
                                Extension{".bio", FileFormat::conll},       Extension{".iobes", FileFormat::conll},
                                Extension{".txt", FileFormat::text},        Extension{".parquet", FileFormat::parquet}};

}  // namespace

Result<FileFormat> format_of(const std::string& path) {
    if (path == "-") return FileFormat::jsonl;
    std::string lower = lowered(path);
    if (!Decompressor::format_named(lower).empty()) lower.resize(lower.rfind('.'));
    for (const auto& extension : extensions)
        if (lower.ends_with(extension.ending)) return extension.format;
    return Error{Fault::config,
                 path +
                     ": what format it has cannot be told from its name; known are .jsonl, .json, .csv, .tsv, .txt "
                     "and .conll, each also with .gz or .zst, and .parquet; --input-format says it otherwise"};
}

}  // namespace prelabel::files
