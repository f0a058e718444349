#pragma once

#include <prelabel/llm/completion.hpp>

#include <string>

namespace prelabel::llm {

/// What a person can do about a failed call: which key to change, whom to ask. One clause.
[[nodiscard]] std::string advice(const CallFailure& failure);

}  // namespace prelabel::llm
