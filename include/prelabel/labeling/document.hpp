#pragma once

#include <string>

namespace prelabel::labeling {

/// One document to label. `text` is valid UTF-8, not empty, without NUL.
struct Document {
    std::string id;
    std::string text;
};

}  // namespace prelabel::labeling
