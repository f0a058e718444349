#include "llm_sim/api_error.hpp"

#include <prelabel/base/json_text.hpp>

namespace prelabel::llm_sim {
namespace {

void append_or_null(std::string_view text, std::string& out) {
    if (text.empty()) {
        out += "null";
    } else {
        append_json_string(text, out);
    }
}

}  // namespace

std::string body_of(const ApiError& error) {
    std::string body = R"({"error":{"message":)";
    append_json_string(error.message, body);
    body += R"(,"type":)";
    append_json_string(error.type, body);
    body += R"(,"param":)";
    append_or_null(error.param, body);
    body += R"(,"code":)";
    append_or_null(error.code, body);
    body += "}}";
    return body;
}

}  // namespace prelabel::llm_sim
