#pragma once

#include <string>

namespace prelabel::labeling {

/// One document to label. `text` is valid UTF-8, not empty, without NUL.
struct Document {
    std::string id;
    std::string text;
    std::string metadata{};  ///< what passes through with it: a JSON object, or empty where nothing was asked for
};

}  // namespace prelabel::labeling
