#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/labeling/annotation.hpp>
#include <prelabel/llm/reply_class.hpp>

#include <optional>
#include <string>
#include <variant>

namespace prelabel::llm {

enum class FinishReason { stop, length, content_filter, refusal, other };

/// A reply that was paid for.
struct Completion {
    std::string response_id;
    std::string content;  ///< the assistant's text, as it came
    FinishReason finish = FinishReason::stop;
    labeling::Usage usage;  ///< tokens only where the server says them; `cost_usd` is filled by whoever knows the price
};

/// A call that gave no answer. `message` is for people: status and the provider's error code, never document text or
/// keys.
struct CallFailure {
    ReplyClass reply = ReplyClass::connection;
    int http_status = 0;                  ///< 0: no response
    std::optional<Duration> retry_after;  ///< what the provider asked for
    bool sent = true;                     ///< false: surely not sent, so surely not paid
    std::string message;
};

using CallOutcome = std::variant<Completion, CallFailure>;

}  // namespace prelabel::llm
