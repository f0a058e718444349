#pragma once

#include <prelabel/llm/settings.hpp>
#include <prelabel/llm/usage.hpp>

namespace prelabel::llm {

/// What `usage` costs at `price`, in US dollars. Cached tokens are part of the input tokens.
[[nodiscard]] double cost_usd(const Usage& usage, const Price& price);

}  // namespace prelabel::llm
