#pragma once

#include <prelabel/llm/reply_class.hpp>

namespace prelabel::llm {

/// What a caller does after a reply of a class.
enum class Remedy {
    none,          ///< it is the answer
    retry,         ///< time heals it: try this request again later
    pause,         ///< a person heals it: stop calling, alert, probe; the request is not at fault
    end_document,  ///< this request will never work, others will
};

[[nodiscard]] constexpr Remedy remedy(ReplyClass reply) {
    switch (reply) {
        case ReplyClass::answered:
            return Remedy::none;
        case ReplyClass::throttled:
        case ReplyClass::overloaded:
        case ReplyClass::connection:
        case ReplyClass::local_limit:
        case ReplyClass::timed_out:
        case ReplyClass::malformed_reply:
            return Remedy::retry;
        case ReplyClass::out_of_money:
        case ReplyClass::unauthorized:
        case ReplyClass::model_missing:
            return Remedy::pause;
        case ReplyClass::context_length:
        case ReplyClass::content_filter:
        case ReplyClass::rejected:
            return Remedy::end_document;
    }
    return Remedy::end_document;
}

}  // namespace prelabel::llm
