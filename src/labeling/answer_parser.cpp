#include "labeling/answer_reader.hpp"
#include "labeling/answer_search.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/labeling/answer_parser.hpp>

#include <optional>
#include <utility>

namespace prelabel::labeling {

Result<Answer> parse_answer(std::string_view content, const AnswerLimits& limits) {
    expects(limits.depth_max <= 128, "an answer's depth limit is at most 128");
    std::optional<Answer> answer;
    const auto found =
        find_answer(content, R"(an object with the key "entities")", limits.bytes_max, [&](std::string_view text) {
            auto [attempt, reader] = attempt_to_read(text, [&] { return AnswerReader(limits); });
            if (attempt.is_answer && !answer) answer = reader.take();
            return std::move(attempt);
        });
    if (!found) return found.error();
    answer->json = found->json;
    answer->cut_out = found->cut_out;
    return *std::move(answer);
}

}  // namespace prelabel::labeling
