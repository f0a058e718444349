#include "llm_sim/fault_reply.hpp"

#include <prelabel/base/expects.hpp>

#include <string>

namespace prelabel::llm_sim {

void reply_without_answer(FaultKind fault, const Settings& settings, const Dice& dice, http::ServerReply& reply) {
    const auto error = [&](const ApiError& one) { set_error(one, settings.personality->errors, reply); };
    switch (fault) {
        case FaultKind::throttled:
            error({429, "Rate limit reached (a simulated fault). Please try again later.", "requests", "",
                   "rate_limit_exceeded", settings.retry_after});
            return;
        case FaultKind::server_error:
            error({500, "The server had an error while processing your request.", "server_error"});
            return;
        case FaultKind::unavailable:
            error({503, "The server is overloaded or not ready yet.", "server_error", "", "", settings.retry_after});
            return;
        case FaultKind::context_length:
            error({400, "This model's maximum context length was exceeded (a simulated fault).",
                   "invalid_request_error", "messages", "context_length_exceeded"});
            return;
        case FaultKind::insufficient_quota:
            error({429, "You exceeded your current quota, please check your plan and billing details.",
                   "insufficient_quota", "", "insufficient_quota"});
            return;
        case FaultKind::hang:
            return;
        case FaultKind::wrong_content_type:
            if (dice.below(2, Dice::Roll::variant) == 0) {
                reply.status = 500;
                reply.content_type = "text/plain";
                reply.body = "Internal Server Error";
            } else {
                reply.content_type = "text/html";
                reply.body = "<!doctype html><html><body><h1>It works!</h1></body></html>";
            }
            return;
        default:
            expects(false, "a fault without an answer");
    }
}

}  // namespace prelabel::llm_sim
