#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"

#include <prelabel/record/record_schema.hpp>

#include <iostream>
#include <memory>

namespace prelabel::app {
namespace {

using record::SchemaFormat;

struct Options {
    ConfigOption config;
    SchemaFormat format = SchemaFormat::jsonschema;
};

int print_schema(const Options& options) {
    const auto settings = options.config.load({.model = false, .input = false, .output = false});
    if (!settings) return wrong_usage;
    std::cout << record::record_schema(settings->task, options.format);
    return done;
}

}  // namespace

void add_schema(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("schema", "The schema of the output records of a task");
    auto options = std::make_shared<Options>();
    options->config.add_to(*command);
    add_choice(*command, "--format", options->format, "How the schema is written (default jsonschema)");
    command->callback([options, &chosen] { chosen = [options] { return print_schema(*options); }; });
}

}  // namespace prelabel::app
