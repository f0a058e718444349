#include "app/config_option.hpp"

#include "app/exit_code.hpp"

#include <prelabel/base/redaction.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace prelabel::app {
namespace {

constexpr const char* here = "prelabel.yaml";

}  // namespace

void ConfigOption::add_to(CLI::App& command) {
    command
        .add_option("-c,--config", file, "Configuration file (YAML); default: $PRELABEL_CONFIG, then ./prelabel.yaml")
        ->check(CLI::Validator(wrong_name, ""))
        ->type_name("FILE");
    command.add_option("--set", overrides, "Override one setting, e.g. --set llm.limits.max_in_flight=64")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

std::optional<std::string> ConfigOption::find() const {
    if (!file.empty()) return file;
    if (const char* named = std::getenv("PRELABEL_CONFIG"); named != nullptr && *named != '\0') return named;
    if (std::filesystem::exists(here)) return here;
    return std::nullopt;
}

std::optional<config::Settings> ConfigOption::load(const config::Needs& needs) const {
    const auto found = find();
    if (!found) {
        complain(
            "no configuration: name a file with -c, name it in $PRELABEL_CONFIG, or put prelabel.yaml into this "
            "folder (prelabel init writes one)");
        return std::nullopt;
    }
    auto settings = config::load(*found, overrides, needs);
    if (settings) return std::move(*settings);
    std::cerr << config::to_string(settings.error());
    return std::nullopt;
}

void complain(const std::string& message) { std::cerr << "prelabel: " << redacted(message) << '\n'; }

std::string wrong_name(const std::string& name) {
    return name.empty() ? "is empty; is a variable of the shell not set?" : "";
}

int refuse(const Error& error) {
    complain(error.message);
    return error.fault == Fault::config || error.fault == Fault::input ? wrong_usage : failed;
}

}  // namespace prelabel::app
