#pragma once

#include "llm_sim/fault_kind.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/http/http_server.hpp>

namespace prelabel::llm_sim {

/// How a reply leaves.
enum class Delivery {
    normal,
    reset,      ///< no reply: the connection is reset (RST)
    hang,       ///< no reply: silence until the peer leaves
    drip,       ///< the body a few bytes at a time
    truncated,  ///< the header promises the whole body, half of it comes, then the connection closes
};

/// What a fault does to the reply's way; normal for those that are in the reply itself.
[[nodiscard]] Delivery delivery_of(FaultKind fault);

/// Sends a reply that way; empty for the normal one, which is the server's. `clock` outlives it.
[[nodiscard]] http::Sender sender_for(Delivery delivery, async::Clock& clock, Duration drip_interval);

}  // namespace prelabel::llm_sim
