#pragma once

#include "config/type.hpp"

#include <string>

namespace prelabel::config {

/// Which commands cannot do without a key.
enum class Need { no, always, model, input, output };

/// One key: the parser, the documentation and the published schemas are all made from it.
struct Field {
    std::string path;  ///< "llm.limits.max_in_flight"; below a list's items "labels[].name"
    TypePtr type;
    std::string description;
    Need need = Need::no;
    std::string default_note = {};  ///< a default that is not a plain value
    std::string advice = {};        ///< added when something of the wrong kind stands there
    bool secret = false;            ///< what is found there is never shown
};

}  // namespace prelabel::config
