#pragma once

#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/dialect.hpp>

namespace prelabel::llm {

/// The limits a minute that a reply's `x-ratelimit-*` headers state.
///
/// `limit` does not say of which time it is, `remaining` and `reset` (the time until the limit is whole again: "12ms",
/// "1s", "6m0s") do: a limit is believed to be of a minute when that much would flow back within half a minute to two.
/// Zero where a header is absent, unreadable, not positive, or where nothing was used yet.
/// Source: OpenAI, "Rate limits" guide.
[[nodiscard]] ShownLimits shown_limits(const HttpReply& reply);

}  // namespace prelabel::llm
