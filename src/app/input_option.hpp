#pragma once

#include "app/config_option.hpp"

#include <prelabel/files/inputs.hpp>
#include <prelabel/files/read_options.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// `INPUT…`, `--input-format` and `--delimiter`, the same for every command that reads documents from files.
struct InputOption {
    std::vector<std::string> named;
    std::string format;

    /// `config` receives the delimiter, so that the configuration judges it.
    void add_to(CLI::App& command, ConfigOption& config, const std::string& about);
    /// A person whose terminal is read is told so. Errors: as files::find_inputs().
    [[nodiscard]] Result<std::vector<files::Input>> find(const std::vector<std::string>& not_these = {}) const;
};

/// What reads Parquet: $PRELABEL_DUCKDB, or `duckdb` in PATH.
[[nodiscard]] std::string duckdb_program();

/// The largest record that is written to the input topic: a document whose text is not over input.max_document_bytes
/// fits, however its JSON is escaped.
[[nodiscard]] std::size_t input_record_bytes_max(const config::Settings& settings);

/// How files are read under a configuration.
[[nodiscard]] files::ReadOptions read_options(const config::Settings& settings);

}  // namespace prelabel::app
