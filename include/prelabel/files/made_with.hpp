#pragma once

#include <string>

namespace prelabel::files {

/// Which task and model made an output: outputs of two tasks or models are not mixed in one file.
struct MadeWith {
    std::string task;          ///< its name
    std::string task_version;  ///< of everything that changes the prompt
    std::string provider;
    std::string model;
};

}  // namespace prelabel::files
