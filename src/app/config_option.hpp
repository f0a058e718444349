#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/config/load.hpp>

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// `-c FILE` and `--set a.b=c`: the same for every command that reads a configuration.
struct ConfigOption {
    std::string file;  ///< as named; empty: it is found
    std::vector<std::string> overrides;

    void add_to(CLI::App& command);
    /// The file as named, or $PRELABEL_CONFIG, or ./prelabel.yaml; none if there is no such file.
    [[nodiscard]] std::optional<std::string> find() const;
    /// The settings; none after all problems were printed.
    [[nodiscard]] std::optional<config::Settings> load(const config::Needs& needs) const;
};

/// "prelabel: …" on stderr, secrets replaced.
void complain(const std::string& message);

/// What is wrong with a name on the command line, for the parser: `-o "$OUT"` where the variable is not set.
[[nodiscard]] std::string wrong_name(const std::string& name);

/// Says why a command does not go on. Gives its exit code: whether the command line, the configuration and the files
/// are wrong, or it failed with them.
[[nodiscard]] int refuse(const Error& error);

}  // namespace prelabel::app
