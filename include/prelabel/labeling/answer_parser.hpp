#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/labeling/task.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Bounds on what an answer may be.
struct AnswerLimits {
    std::size_t bytes_max = 4U << 20;
    std::size_t depth_max = 128;  ///< at most 128
    std::size_t mentions_max = 10'000;
};

/// The model's answer, read.
/// Lifetime: `json` is a view into the content that was parsed: the exact JSON that was found in it.
struct Answer {
    std::vector<Mention> mentions;
    std::string_view json;
    bool cut_out = false;     ///< it stood in a code fence, behind reasoning or between prose
    bool other_form = false;  ///< a list without the object around it, or other keys that could mean only one thing
    /// JSON Pointer ("" or "/entities/3") of the first object that holds other keys than the answer's own.
    std::optional<std::string> extra_key_in;
};

/// Reads an answer: one object `{"entities": [{"label", "text"}, …]}`, possibly behind a `<think>` block, inside a code
/// fence or between prose (white space around it is JSON). Other keys are skipped and noted: whether they may be there
/// is the validator's question.
///
/// Also read, where it can mean only one thing: the list alone, `[{"label", "text"}, …]`; one of "type", "entity_group"
/// and "category" where "label" is missing; one of "value", "entity", "mention" and "name" where "text" is.
///
/// Refused: JSON that is cut off or malformed, anything else instead of the object, two such objects, "entities",
///          "label" or "text" missing or of another type, a key twice in one object at any depth, NUL bytes also when
///          escaped, invalid UTF-8, unpaired surrogates, and whatever exceeds the limits.
/// Errors:  Fault::input with a sentence the model can act on in a re-ask; never document text.
/// Cost:    one pass, linear also in hostile input; 1 µs for five entities (bench/labeling/answer_parser_bench).
[[nodiscard]] Result<Answer> parse_answer(std::string_view content, const AnswerLimits& limits = {});

}  // namespace prelabel::labeling
