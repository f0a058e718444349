#pragma once

#include "labeling/json_events.hpp"

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace prelabel::labeling {

/// How much a problem tells about the answer: of several attempts the most telling one is reported.
enum class Telling { syntax, form, cut_off };

/// What came of reading the object at one brace.
struct Attempt {
    bool is_answer = false;
    std::size_t consumed = 0;  ///< bytes that were looked at; of an answer, all of it
    Telling telling = Telling::syntax;
    std::string problem;
};

/// Reads the object or list that `text` begins with into a handler of RapidJSON's events, made by `make`. The handler
/// stops at the first thing that is no answer of its kind; its `problem()` then says what.
template <class Make>
auto attempt_to_read(std::string_view text, const Make& make) {
    auto [handler, parsed, consumed] = read_json<rapidjson::kParseValidateEncodingFlag>(text, make);
    Attempt attempt;
    attempt.consumed = consumed;
    if (!parsed.IsError()) {
        attempt.is_answer = true;
    } else if (!handler.problem().empty()) {
        attempt.telling = Telling::form;
        attempt.problem = handler.problem();
    } else if (consumed == text.size()) {
        attempt.telling = Telling::cut_off;
        attempt.problem = "the JSON object is cut off before its end.";
    } else if (parsed.Code() == rapidjson::kParseErrorStringInvalidEncoding) {
        attempt.problem = "the answer is not valid UTF-8.";
    } else {
        attempt.problem = "the JSON is malformed at byte " + std::to_string(parsed.Offset()) + " of the object.";
    }
    return std::pair(std::move(attempt), std::move(handler));
}

/// Lifetime: `json` is a view into the content that was searched.
struct FoundAnswer {
    std::string_view json;
    bool cut_out = false;  ///< it stood in a code fence, behind reasoning or between prose
};

/// Finds the one object in `content` that is an answer, whatever its kind: possibly behind a `<think>` block, inside a
/// code fence or between prose. `attempt` says of the text from a brace on whether it begins with an answer; after the
/// first answer it is asked about what follows, because two answers are none. Of the first object it is also asked with
/// the bracket before it, if there is one: the answer may be the list alone. An empty list is an answer where nothing
/// but a fence stands around it.
///
/// Errors:  Fault::input with a sentence the model can act on; `form` is what an answer must be, in words.
/// Cost:    each byte is looked at once; ten thousand attempts at most.
[[nodiscard]] Result<FoundAnswer> find_answer(std::string_view content, std::string_view form, std::size_t bytes_max,
                                              const std::function<Attempt(std::string_view)>& attempt);

}  // namespace prelabel::labeling
