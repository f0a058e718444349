#include "http/failure_words.hpp"

#include "http/abort_list.hpp"
#include "http/wording.hpp"

#include <utility>

namespace prelabel::http {

std::string failure_words(Ending ending, const FailureDetails& details) {
    const std::string& where = details.where;
    switch (ending) {
        case Ending::answered:
            break;
        case Ending::out_of_turn:
            return where + " sent a response before it had the request, so it answers another one";
        case Ending::foreign:
            return where + " sent the response to another request";
        case Ending::stopped:
            return std::string(abort_message);
        case Ending::idle:
            return "no byte from " + where + " for " + to_text(details.idle_timeout) +
                   " in the middle of its response (llm.timeout.idle)";
        case Ending::late:
            return "no complete response from " + where + " before the call's deadline (llm.timeout.total)";
        case Ending::malformed:
            return "what " + where + " sent is not an HTTP/1.1 response" +
                   (details.parser.empty() ? "" : ": " + details.parser);
        case Ending::header_too_large:
            return "the response header from " + where + " is larger than " + std::to_string(details.header_bytes_max) +
                   " bytes";
        case Ending::body_too_large:
            return "the response from " + where + " is larger than " + std::to_string(details.body_bytes_max) +
                   " bytes";
        case Ending::cut:
            return where + " closed the connection in the middle of its response";
        case Ending::silent:
            return where + " closed the connection without a response: " + details.system;
    }
    return {};
}

HttpFailure wrong_base_url(std::string message) {
    HttpFailure failure{FailureKind::wrong_address, Sent::no, std::move(message)};
    failure.key = "llm.base_url";
    return failure;
}

}  // namespace prelabel::http
