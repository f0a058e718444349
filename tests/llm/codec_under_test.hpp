#pragma once

#include <prelabel/llm/codec.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

namespace prelabel::llm {

// 1994-11-06 08:49:07 UTC, half a minute before the date of RFC 9110's examples.
inline constexpr WallTime now{std::chrono::seconds(784'111'747)};

inline const Codec& codec() {
    static const Codec instance{ModelSettings{}};
    return instance;
}

using Headers = std::map<std::string, std::string_view, std::less<>>;

inline HttpReply reply(int status, std::string_view body, Headers headers = {}) {
    HttpReply made;
    made.status = status;
    made.body = body;
    made.header = [headers = std::move(headers)](std::string_view name) {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view() : found->second;
    };
    return made;
}

inline Completion completed(std::string_view body) {
    const CallOutcome outcome = codec().decode(reply(200, body), now);
    const auto* completion = std::get_if<Completion>(&outcome);
    EXPECT_NE(completion, nullptr) << body;
    return completion == nullptr ? Completion{} : *completion;
}

inline CallFailure failed(const HttpReply& http) {
    const CallOutcome outcome = codec().decode(http, now);
    const auto* failure = std::get_if<CallFailure>(&outcome);
    EXPECT_NE(failure, nullptr) << http.body;
    return failure == nullptr ? CallFailure{} : *failure;
}

inline ReplyClass failure_class(int status, std::string_view body) { return failed(reply(status, body)).reply; }

}  // namespace prelabel::llm
