#include "llm_sim/api_error.hpp"

#include <prelabel/base/json_text.hpp>

namespace prelabel::llm_sim {
namespace {

std::string or_null(std::string_view text) { return text.empty() ? "null" : json_string(text); }

/// Rounded up.
template <class Unit>
std::string in(Duration wait) {
    return std::to_string(std::chrono::ceil<Unit>(wait).count());
}

std::string google_body(const ApiError& error) {
    std::string body = R"([{"error":{"code":)" + std::to_string(error.status) + R"(,"message":)" +
                       json_string(error.message) + R"(,"status":)" +
                       json_string(error.status == 429 ? "RESOURCE_EXHAUSTED" : "INVALID_ARGUMENT");
    if (error.retry_after) {
        body += R"(,"details":[{"@type":"type.googleapis.com/google.rpc.Help"},)"
                R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" +
                in<std::chrono::seconds>(*error.retry_after) + R"(s"}])";
    }
    return body + "}}]";
}

std::string inner(const ApiError& error, std::string_view param, std::string_view code) {
    std::string body = R"("message":)" + json_string(error.message) + R"(,"type":)" + json_string(error.type);
    body += R"(,"param":)";
    body += param;
    body += R"(,"code":)";
    body += code;
    return body + "}";
}

}  // namespace

std::string body_of(const ApiError& error, ErrorForm form) {
    const std::string status = std::to_string(error.status);
    switch (form) {
        case ErrorForm::openai:
        case ErrorForm::capacity:
            return R"({"error":{)" + inner(error, or_null(error.param), or_null(error.code)) + "}";
        case ErrorForm::azure:
            return R"({"error":{"code":"BadRequest","message":)" + json_string(error.message) + "}}";
        case ErrorForm::bare:
            return R"({"object":"error",)" + inner(error, or_null(error.param), status);
        case ErrorForm::number_code:
            return R"({"error":{)" + inner(error, or_null(error.param), status) + "}";
        case ErrorForm::litellm:
            return R"({"error":{)" + inner(error, R"("None")", json_string(status)) + "}";
        case ErrorForm::google:
            return google_body(error);
    }
    return {};
}

void set_error(const ApiError& error, ErrorForm form, http::ServerReply& reply) {
    reply.status = error.status;
    reply.content_type = "application/json";
    reply.body = body_of(error, form);
    if (!error.retry_after || form == ErrorForm::google || form == ErrorForm::capacity) return;
    const std::string prefix = form == ErrorForm::litellm ? "llm_provider-" : "";
    reply.headers.push_back({prefix + "retry-after", in<std::chrono::seconds>(*error.retry_after)});
    if (form == ErrorForm::openai)
        reply.headers.push_back({"retry-after-ms", in<std::chrono::milliseconds>(*error.retry_after)});
}

}  // namespace prelabel::llm_sim
