#pragma once

#include <prelabel/llm/completion.hpp>

#include <string>

namespace prelabel::llm {

/// What a person can do about a failed call: which key to change, whom to ask. One clause.
[[nodiscard]] std::string advice(const CallFailure& failure);

/// The beginning of what the provider says itself about a failed call: 300 bytes at most, whole characters. Empty where
/// it says nothing. It may quote the document, so it is only for requests without one and for who asked to see it.
[[nodiscard]] std::string own_words(const CallFailure& failure);

}  // namespace prelabel::llm
