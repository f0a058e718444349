#pragma once

#include "llm_sim/api_error.hpp"
#include "llm_sim/dice.hpp"
#include "llm_sim/fault_kind.hpp"
#include "llm_sim/settings.hpp"

#include <prelabel/http/http_server.hpp>

namespace prelabel::llm_sim {

/// A reply without an answer: for faults that are not paid. `reply` keeps the headers it has; `hang` leaves it alone.
void reply_without_answer(FaultKind fault, const Settings& settings, const Dice& dice, http::ServerReply& reply);

}  // namespace prelabel::llm_sim
