#pragma once

#include <cstddef>
#include <string>

namespace prelabel::files {

/// How documents are taken out of a file, beside its format.
struct ReadOptions {
    static constexpr std::size_t record_bytes_default = 16U << 20;

    std::size_t record_bytes_max = record_bytes_default;
    /// JSON Pointers to what a document consists of: in CSV and Parquet the column with this name. Text and CoNLL have
    /// no names and are given as objects where the pointers find them. An empty `text` takes a CSV with any columns.
    std::string text = "/text";
    std::string id = "/id";
    char delimiter = 0;             ///< of CSV; 0: found in the header line
    std::string duckdb = "duckdb";  ///< the program that reads Parquet: its name in PATH, or a path
    std::string called{};           ///< what ids of documents without an id begin with; empty: the file's name
};

}  // namespace prelabel::files
