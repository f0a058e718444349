#pragma once

#include "llm_sim/answer.hpp"
#include "llm_sim/api_error.hpp"
#include "llm_sim/chat_request.hpp"
#include "llm_sim/count_table.hpp"
#include "llm_sim/delivery.hpp"
#include "llm_sim/fault_script.hpp"
#include "llm_sim/ledger.hpp"
#include "llm_sim/quota.hpp"
#include "llm_sim/settings.hpp"

#include <prelabel/base/time.hpp>
#include <prelabel/http/http_server.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::llm_sim {

/// The simulated provider: one request and the time in, one reply, how it leaves and how long it takes out.
///
///   route ▸ key ▸ read, shape ▸ room ▸ model, context ▸ quota ▸ limits ▸ fault (script, then rates) ▸ label ▸ envelope
///
/// Of two runs with one seed, equal requests get equal answers, faults and latencies, whatever their order: they depend
/// on the body and on how often it was admitted before. At temperature 0 even a repeated request gets the same answer.
/// Threads: confined to its caller. It reads no clock.
class Simulator {
public:
    struct Planned {
        http::ServerReply reply;
        Delivery delivery = Delivery::normal;
        Duration drip_interval{};
        Duration latency{};       ///< from arrival to the reply's first byte
        bool concurrent = false;  ///< it counts as running until leave()
    };

    Simulator(Settings settings, GoldBook gold, FaultScript script, TimePoint now);

    [[nodiscard]] Planned receive(const http::ServerRequest& request, TimePoint now, WallTime wall);
    /// A request that counts as running has been replied to.
    void leave() { ledger_.leave(); }

private:
    [[nodiscard]] http::ServerReply models(std::string_view path) const;
    void chat(const http::ServerRequest& request, TimePoint now, WallTime wall, Planned& planned);
    [[nodiscard]] std::optional<ApiError> refusal(const ChatRequest& chat, TimePoint now);
    [[nodiscard]] std::optional<ApiError> limit(const ChatRequest& chat, TimePoint now);
    [[nodiscard]] FaultKind fault_for(const ChatRequest& chat, std::uint64_t document, const Dice& dice);
    [[nodiscard]] std::uint64_t cached_tokens(const ChatRequest& chat);
    void add_limit_headers(TimePoint now, http::ServerReply& reply) const;
    [[nodiscard]] bool knows(std::string_view model) const;
    /// The personality's own: its queue is full, or it has no room for this one.
    [[nodiscard]] std::optional<ApiError> no_room();
    void set_error(const ApiError& error, http::ServerReply& reply) const {
        llm_sim::set_error(error, settings_.personality->errors, reply);
    }

    Settings settings_;
    Labeler labeler_;
    FaultScript script_;
    Quota quota_;
    CountTable seen_;      ///< admitted requests by body
    CountTable prefixes_;  ///< what the simulated prompt cache holds
    Ledger ledger_;
};

}  // namespace prelabel::llm_sim
