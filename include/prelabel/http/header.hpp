#pragma once

#include <string>

namespace prelabel::http {

/// One header field of a message. Unlike Kafka's, it always has a value.
struct Header {
    std::string name;
    std::string value;
};

}  // namespace prelabel::http
