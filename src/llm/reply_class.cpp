#include <prelabel/base/expects.hpp>
#include <prelabel/llm/reply_class.hpp>

namespace prelabel::llm {

std::string_view to_string(ReplyClass reply) {
    switch (reply) {
        case ReplyClass::answered:
            return "answered";
        case ReplyClass::throttled:
            return "throttled";
        case ReplyClass::out_of_money:
            return "out_of_money";
        case ReplyClass::unauthorized:
            return "unauthorized";
        case ReplyClass::forbidden:
            return "forbidden";
        case ReplyClass::overloaded:
            return "overloaded";
        case ReplyClass::connection:
            return "connection";
        case ReplyClass::local_limit:
            return "local_limit";
        case ReplyClass::timed_out:
            return "timed_out";
        case ReplyClass::malformed_reply:
            return "malformed_reply";
        case ReplyClass::context_length:
            return "context_length";
        case ReplyClass::content_filter:
            return "content_filter";
        case ReplyClass::rejected:
            return "rejected";
        case ReplyClass::model_missing:
            return "model_missing";
    }
    expects(false, "every reply class has a name");
    return {};
}

}  // namespace prelabel::llm
