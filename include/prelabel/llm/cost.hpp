#pragma once

#include <prelabel/llm/settings.hpp>
#include <prelabel/llm/usage.hpp>

#include <cstddef>
#include <cstdint>

namespace prelabel::llm {

/// What `usage` costs at `price`, in US dollars. Cached tokens are part of the input tokens.
[[nodiscard]] double cost_usd(const Usage& usage, const Price& price);

/// Whether anything is said about prices. If not, cost is unknown, which is not the same as nothing.
[[nodiscard]] bool is_known(const Price& price);

/// The most that a call can cost whose request has so many bytes: no tokenizer makes more than one token of a byte, and
/// JSON around the turns has more bytes than chat templates add tokens.
[[nodiscard]] double cost_max_usd(std::size_t body_bytes, std::uint64_t output_tokens_max, const Price& price);

}  // namespace prelabel::llm
