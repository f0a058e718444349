#include "llm_sim/fault_reply.hpp"

#include <prelabel/base/expects.hpp>

#include <string>

namespace prelabel::llm_sim {

void set_error(const ApiError& error, http::ServerReply& reply) {
    reply.status = error.status;
    reply.content_type = "application/json";
    reply.body = body_of(error);
}

void add_retry_after(Duration wait, http::ServerReply& reply) {
    reply.headers.push_back({"retry-after", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count())});
    reply.headers.push_back(
        {"retry-after-ms", std::to_string(std::chrono::ceil<std::chrono::milliseconds>(wait).count())});
}

void reply_without_answer(FaultKind fault, const Settings& settings, const Dice& dice, http::ServerReply& reply) {
    switch (fault) {
        case FaultKind::throttled:
            set_error({429, "Rate limit reached (a simulated fault). Please try again later.", "requests", "",
                       "rate_limit_exceeded"},
                      reply);
            add_retry_after(settings.retry_after, reply);
            return;
        case FaultKind::server_error:
            set_error({500, "The server had an error while processing your request.", "server_error", "", ""}, reply);
            return;
        case FaultKind::unavailable:
            set_error({503, "The server is overloaded or not ready yet.", "server_error", "", ""}, reply);
            add_retry_after(settings.retry_after, reply);
            return;
        case FaultKind::context_length:
            set_error({400, "This model's maximum context length was exceeded (a simulated fault).",
                       "invalid_request_error", "messages", "context_length_exceeded"},
                      reply);
            return;
        case FaultKind::insufficient_quota:
            set_error({429, "You exceeded your current quota, please check your plan and billing details.",
                       "insufficient_quota", "", "insufficient_quota"},
                      reply);
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
