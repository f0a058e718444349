#pragma once

#include "llm_sim/completion_body.hpp"
#include "llm_sim/count_table.hpp"
#include "llm_sim/fault_kind.hpp"
#include "llm_sim/minute_peak.hpp"

#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace prelabel::llm_sim {

/// Why a request was turned away before a model would have seen it.
enum class Refusal {
    bad_request,
    request_shape,
    unauthorized,
    unknown_model,
    context_length,
    out_of_quota,
    out_of_requests,
    out_of_tokens,
    too_large,
    no_room,
};
constexpr auto enum_names(Refusal) {
    return std::to_array<EnumName<Refusal>>({
        {Refusal::bad_request, "bad_request"},
        {Refusal::request_shape, "request_shape"},
        {Refusal::unauthorized, "unauthorized"},
        {Refusal::unknown_model, "unknown_model"},
        {Refusal::context_length, "context_length"},
        {Refusal::out_of_quota, "out_of_quota"},
        {Refusal::out_of_requests, "out_of_requests"},
        {Refusal::out_of_tokens, "out_of_tokens"},
        {Refusal::too_large, "too_large"},
        {Refusal::no_room, "no_room"},
    });
}

/// What happened and what it cost: the content of /stats.
/// Bound: `documents_max` documents are told apart; what comes beyond is paid but not attributed, and counted as such.
class Ledger {
public:
    explicit Ledger(std::size_t documents_max) : paid_by_document_(documents_max) {}

    /// A request to the model arrived; leave() ends it.
    void arrive(TimePoint now, WallTime wall);
    void leave() { --concurrent_; }
    void refuse(Refusal why) { ++refused_[why]; }
    /// … for a part of its shape.
    void refuse_shape(const std::string& parameter) {
        refuse(Refusal::request_shape);
        ++refused_parameters_[parameter];
    }
    /// It passed the limits, which counted `tokens`.
    void admit(TimePoint now, std::uint64_t tokens);
    /// How it was replied to; `charge` where an answer was made.
    void reply(FaultKind fault, std::uint64_t document_hash, const std::optional<Charge>& charge);
    void reset();

    [[nodiscard]] std::uint64_t paid_answers() const { return paid_answers_; }
    [[nodiscard]] std::uint64_t requests() const { return requests_; }
    [[nodiscard]] std::uint64_t concurrent() const { return concurrent_; }
    /// With `documents`: also how often each document was paid, by the hash of its text.
    [[nodiscard]] std::string json(bool documents) const;

private:
    std::uint64_t requests_ = 0;
    std::uint64_t admitted_requests_ = 0;
    std::uint64_t admitted_tokens_ = 0;
    std::uint64_t concurrent_ = 0;
    std::uint64_t concurrent_peak_ = 0;
    EnumArray<Refusal, std::uint64_t> refused_;
    std::map<std::string, std::uint64_t> refused_parameters_;  // of the personality: as many as it has rules
    EnumArray<FaultKind, std::uint64_t> replies_;
    Charge charged_;
    std::uint64_t paid_answers_ = 0;
    std::uint64_t paid_undelivered_ = 0;
    CountTable paid_by_document_;
    std::optional<WallTime> first_;
    WallTime last_{};
    MinutePeak requests_peak_;
    MinutePeak admitted_peak_;
    MinutePeak tokens_peak_;
};

}  // namespace prelabel::llm_sim
