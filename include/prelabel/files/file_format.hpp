#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/result.hpp>

#include <array>
#include <string>

namespace prelabel::files {

/// How a file holds documents.
enum class FileFormat {
    jsonl,    ///< one JSON object per line; passed on byte for byte
    json,     ///< a list of JSON objects, or objects one after the other; passed on byte for byte
    csv,      ///< RFC 4180 with a header row; one row is a JSON object of strings
    tsv,      ///< the same with tabs
    text,     ///< one document per line; empty lines are skipped
    conll,    ///< one sentence is a document, its text the tokens joined by single spaces
    parquet,  ///< one row is a JSON object; read by DuckDB
};
constexpr auto enum_names(FileFormat) {
    return std::to_array<EnumName<FileFormat>>({
        {FileFormat::jsonl, "jsonl"},
        {FileFormat::json, "json"},
        {FileFormat::csv, "csv"},
        {FileFormat::tsv, "tsv"},
        {FileFormat::text, "text"},
        {FileFormat::conll, "conll"},
        {FileFormat::parquet, "parquet"},
    });
}

/// Whether it has columns, of which one is the text. Such a file holds no labels.
[[nodiscard]] constexpr bool is_table(FileFormat format) {
    return format == FileFormat::csv || format == FileFormat::tsv || format == FileFormat::parquet;
}

/// The format that follows from a file's name, also before `.gz` and `.zst`; `-` (standard input) is JSONL.
/// Errors: Fault::config for an unknown extension, with the known ones.
[[nodiscard]] Result<FileFormat> format_of(const std::string& path);

}  // namespace prelabel::files
