#pragma once

#include <prelabel/llm/reply_class.hpp>

namespace prelabel::llm {

/// What a caller does after a reply of a class.
enum class Remedy {
    none,          ///< it is the answer
    retry,         ///< it may pass with time: retry this request later
    hold,          ///< the provider asks for fewer calls from all; it says nothing about this request
    rest,          ///< a limit of this machine: fewer calls at once; it says nothing about this request
    confirm,       ///< the request's shape or this document: ask again after other documents were answered
    pause,         ///< a person must fix it: stop calling, alert, probe; the request is not at fault
    end_document,  ///< this request will never work, other requests will
};

[[nodiscard]] constexpr Remedy remedy(ReplyClass reply) {
    switch (reply) {
        case ReplyClass::answered:
            return Remedy::none;
        case ReplyClass::overloaded:
        case ReplyClass::connection:
        case ReplyClass::timed_out:
            return Remedy::retry;
        case ReplyClass::throttled:
            return Remedy::hold;
        case ReplyClass::local_limit:
            return Remedy::rest;
        case ReplyClass::rejected:
        case ReplyClass::forbidden:
        case ReplyClass::malformed_reply:
            return Remedy::confirm;
        case ReplyClass::out_of_money:
        case ReplyClass::unauthorized:
        case ReplyClass::model_missing:
            return Remedy::pause;
        case ReplyClass::context_length:
        case ReplyClass::content_filter:
            return Remedy::end_document;
    }
    return Remedy::end_document;
}

}  // namespace prelabel::llm
