#pragma once

#include <string>

namespace prelabel::llm {

/// Who speaks in a turn of a chat.
enum class Role { system, user, assistant };

/// One turn of a chat.
struct Message {
    Role role;
    std::string content;

    friend bool operator==(const Message&, const Message&) = default;
};

}  // namespace prelabel::llm
