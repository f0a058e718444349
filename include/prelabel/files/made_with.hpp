#pragma once

#include <string>

namespace prelabel::files {

/// What an output is made with: outputs of two tasks or models are not mixed in one file.
struct MadeWith {
    std::string task;          ///< its name
    std::string task_version;  ///< of all that shapes the prompt
    std::string provider;
    std::string model;
};

}  // namespace prelabel::files
