#pragma once

#include <string>

namespace prelabel::files {

/// Which task and model made an output, and of which text: outputs of two of them are not mixed in one file.
struct MadeWith {
    std::string task;          ///< its name
    std::string task_version;  ///< of everything that changes the prompt
    std::string provider;
    std::string model;
    std::string text = {};  ///< where it was in the input; empty where that is not known
    std::string id = {};    ///< the same

    friend bool operator==(const MadeWith&, const MadeWith&) = default;
};

}  // namespace prelabel::files
