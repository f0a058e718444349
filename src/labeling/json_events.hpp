#pragma once

#include <prelabel/base/tamed_numbers.hpp>

#include <cstddef>
#include <string_view>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace prelabel::labeling {

template <class Handler>
struct JsonEvents {
    Handler handler;
    rapidjson::ParseResult result;
    std::size_t consumed;
};

/// Sends the events of the JSON value that `text` begins with to a handler made by `make`; numbers come as RawNumber.
/// Numbers of any size are read: a text that holds one beyond a double's range is read a second time.
template <unsigned flags, class Make>
auto read_json(std::string_view text, const Make& make) {
    constexpr unsigned all = flags | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                             rapidjson::kParseStopWhenDoneFlag;
    const auto read = [&](auto stream) {
        JsonEvents<decltype(make())> events{make(), {}, 0};
        events.result = rapidjson::Reader().Parse<all>(stream, events.handler);
        events.consumed = stream.Tell();
        return events;
    };
    auto events = read(rapidjson::MemoryStream(text.data(), text.size()));
    if (events.result.Code() == rapidjson::kParseErrorNumberTooBig) return read(TamedNumbers(text));
    return events;
}

}  // namespace prelabel::labeling
