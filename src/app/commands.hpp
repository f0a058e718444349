#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace prelabel::app {

/// What a parsed command line will run; gives the exit code.
using Action = std::function<int()>;

/// Each adds one command to the command line and fills `chosen` when it was named.
void add_run(CLI::App& app, Action& chosen);
void add_health(CLI::App& app, Action& chosen);
void add_init(CLI::App& app, Action& chosen);
void add_label(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_completion(CLI::App& app, Action& chosen);
void add_dlq(CLI::App& app, Action& chosen);
void add_estimate(CLI::App& app, Action& chosen);
void add_evaluate(CLI::App& app, Action& chosen);
void add_man(CLI::App& app, Action& chosen);
void add_produce(CLI::App& app, Action& chosen);
void add_schema(CLI::App& app, Action& chosen);
void add_show(CLI::App& app, Action& chosen);
/// All of them, in the order of the help.
void add_commands(CLI::App& app, Action& chosen);

}  // namespace prelabel::app
