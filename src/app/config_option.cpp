#include "app/config_option.hpp"

#include <prelabel/base/redaction.hpp>

#include <iostream>

namespace prelabel::app {

void ConfigOption::add_to(CLI::App& command) {
    command.add_option("-c,--config", file, "Configuration file (YAML)")->required()->type_name("FILE");
    command.add_option("--set", overrides, "Override one setting, e.g. --set llm.limits.max_in_flight=64")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

std::optional<config::Settings> ConfigOption::load(const config::Needs& needs) const {
    auto settings = config::load(file, overrides, needs);
    if (settings) return std::move(*settings);
    std::cerr << config::to_string(settings.error());
    return std::nullopt;
}

void complain(const std::string& message) { std::cerr << "prelabel: " << redacted(message) << '\n'; }

}  // namespace prelabel::app
