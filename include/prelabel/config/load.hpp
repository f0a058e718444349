#pragma once

#include <prelabel/config/problem.hpp>
#include <prelabel/config/settings.hpp>
#include <prelabel/labeling/task.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>

#include <boost/system/result.hpp>

namespace prelabel::config {

/// Looks up an environment variable.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// The environment of this process.
[[nodiscard]] Environment process_environment();

/// Which parts a command cannot do without. What is there is checked in any case.
struct Needs {
    bool model = true;
    bool input = true;
    bool output = true;
};

template <class T>
using Checked = boost::system::result<T, Problems>;

/// Reads a configuration file and the task file it names. `overrides` are the arguments of `--set`, each `a.b=value`,
/// checked as the file is; a path in them is relative to the working directory,
/// a path in a file to that file's directory.
/// Bound: each file at most 1 MiB, 64 levels deep, 100,000 values with aliases expanded.
/// Errors: all problems of the configuration, or all of the task when the configuration has none.
[[nodiscard]] Checked<Settings> load(const std::string& file, std::span<const std::string> overrides = {},
                                     const Needs& needs = {}, const Environment& environment = process_environment());

/// Reads a task file alone. Nothing in it is expanded: its version must not depend on the environment.
[[nodiscard]] Checked<labeling::Task> load_task(const std::string& file);

}  // namespace prelabel::config
