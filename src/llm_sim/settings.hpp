#pragma once

#include "llm_sim/fault_kind.hpp"
#include "llm_sim/personality.hpp"

#include <prelabel/base/secret.hpp>
#include <prelabel/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::llm_sim {

/// What is simulated. Each field is an option of the command line; docs/llm-sim.md explains them.
struct Settings {
    struct FaultRate {
        FaultKind kind = FaultKind::none;
        double rate = 0;  ///< share of requests; all rates together are at most 1
    };

    const Personality* personality = &personalities().front();
    std::uint64_t seed = 1;
    double error_rate = 0;  ///< share of mentions that come out wrong
    Duration latency_median{};
    double latency_sigma = 0.4;
    std::uint64_t requests_per_minute = 0;  ///< 0: not limited
    std::uint64_t tokens_per_minute = 0;    ///< 0: not limited
    std::vector<FaultRate> faults;
    Secret api_key;                   ///< empty: anybody may ask
    std::vector<std::string> models;  ///< empty: every model name is known
    std::optional<std::uint64_t> quota_exhausted_after;
    std::optional<std::uint64_t> queue;  ///< requests that may wait behind the one that runs; none: as the personality
    std::uint64_t context_tokens = 128'000;
    Duration retry_after = std::chrono::seconds(1);  ///< what the faults 429 and 503 ask for
    Duration drip_interval = std::chrono::milliseconds(50);
    std::size_t documents_max = 5'000'000;  ///< how many documents are told apart; 16 bytes a slot
};

}  // namespace prelabel::llm_sim
