#include "llm_sim/fault_kind.hpp"

#include <prelabel/base/enum_array.hpp>

namespace prelabel::llm_sim {
namespace {

constexpr auto paid = enum_array<FaultKind, bool>({
    {FaultKind::none, true},
    {FaultKind::throttled, false},
    {FaultKind::server_error, false},
    {FaultKind::unavailable, false},
    {FaultKind::reset, true},
    {FaultKind::hang, false},
    {FaultKind::drip, true},
    {FaultKind::truncated, true},
    {FaultKind::invalid_json, true},
    {FaultKind::broken_envelope, true},
    {FaultKind::hallucinated, true},
    {FaultKind::refusal, true},
    {FaultKind::content_filter, true},
    {FaultKind::wrong_content_type, false},
    {FaultKind::unknown_label, true},
    {FaultKind::code_fence, true},
    {FaultKind::truncated_answer, true},
    {FaultKind::wrong_document, true},
    {FaultKind::empty, true},
    {FaultKind::context_length, false},
    {FaultKind::insufficient_quota, false},
});

}  // namespace

bool is_paid(FaultKind kind) { return paid[kind]; }

}  // namespace prelabel::llm_sim
