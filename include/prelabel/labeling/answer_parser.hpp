#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/labeling/task.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Bounds on what an answer may be.
struct AnswerLimits {
    std::size_t bytes_max = 4U << 20;
    std::size_t depth_max = 128;
    std::size_t mentions_max = 10'000;
};

/// The model's answer, read. `json` is the exact JSON value that was found in it (a view into the answer).
struct Answer {
    std::vector<Mention> mentions;
    std::string_view json;
    bool repaired = false;  ///< it stood in a code fence or between prose, and was cut out
};

/// Reads an answer: `{"entities": [{"label", "text"}, …]}`, possibly inside a code fence or prose.
/// Errors: Fault::input with a sentence the model can act on in a re-ask (never document text).
/// Refuses truncated JSON, duplicate keys, NUL bytes, invalid UTF-8, depth beyond the limit.
[[nodiscard]] Result<Answer> parse_answer(std::string_view content, const AnswerLimits& limits = {});

}  // namespace prelabel::labeling
