#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/config/settings.hpp>
#include <prelabel/files/file_source.hpp>

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// The files that a command reads documents from, and `--input-format` where their names do not say it.
struct DocumentInputs {
    std::vector<std::string> paths;
    std::string format;

    /// `text` says what the command does with them.
    void add_to(CLI::App& command, const std::string& text);
    /// Errors: Fault::config for a name that says no format.
    [[nodiscard]] Result<std::vector<files::Input>> inputs() const;
};

/// The files' readers make records with `/text` and `/id`, whatever the Kafka topic holds;
/// JSONL is as the configuration says.
void read_what_readers_make(config::Settings& settings, const std::vector<files::Input>& inputs);

}  // namespace prelabel::app
