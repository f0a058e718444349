#include <prelabel/base/expects.hpp>
#include <prelabel/labeling/answer_parser.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include <labeling/answer_reader.hpp>
#include <labeling/json_events.hpp>

namespace prelabel::labeling {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr int attempts_max = 10'000;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// How much a problem tells about the answer: of several attempts the most telling one is reported.
enum class Telling { syntax, form, cut_off };

/// One attempt to read an object that starts at a brace.
struct Attempt {
    std::optional<Answer> answer;
    std::size_t stopped_at = 0;  ///< bytes of the input that were looked at
    Telling telling = Telling::syntax;
    std::string problem;
};

Attempt read_object(std::string_view text, const AnswerLimits& limits) {
    auto [reader, parsed, consumed] =
        read_json<rapidjson::kParseValidateEncodingFlag>(text, [&] { return AnswerReader(limits); });
    Attempt attempt;
    attempt.stopped_at = consumed;
    if (!parsed.IsError()) {
        attempt.answer = reader.take();
        attempt.answer->json = text.substr(0, consumed);
    } else if (!reader.problem().empty()) {
        attempt.telling = Telling::form;
        attempt.problem = reader.problem();
    } else if (attempt.stopped_at == text.size()) {
        attempt.telling = Telling::cut_off;
        attempt.problem = "the JSON object is cut off before its end.";
    } else if (parsed.Code() == rapidjson::kParseErrorStringInvalidEncoding) {
        attempt.problem = "the answer is not valid UTF-8.";
    } else {
        attempt.problem = "the JSON is malformed at byte " + std::to_string(parsed.Offset()) + " of the object.";
    }
    return attempt;
}

/// Reads the first object from `from` on that is an answer, skipping prose. Each byte is looked at once: the search
/// goes on where an attempt stopped. An object that is cut off ends the search: what stands inside it is no answer. So
/// do ten thousand braces of prose: an attempt costs as much as hundreds of bytes.
Attempt find_answer(std::string_view content, std::size_t from, const AnswerLimits& limits) {
    std::optional<Attempt> best;
    int attempts = 0;
    for (std::size_t at = content.find('{', from); at != std::string_view::npos && attempts < attempts_max;
         ++attempts) {
        Attempt attempt = read_object(content.substr(at), limits);
        attempt.stopped_at += at;
        const std::size_t next = std::max(attempt.stopped_at, at + 1);
        const bool done = attempt.answer.has_value() || attempt.telling == Telling::cut_off;
        if (done || !best || attempt.telling > best->telling) best = std::move(attempt);
        if (done) break;
        at = content.find('{', next);
    }
    if (best) return *std::move(best);
    Attempt none;
    none.stopped_at = content.size();
    none.problem = "the answer holds no JSON object.";
    return none;
}

/// Where the answer may begin: behind a byte order mark and the reasoning that some servers leave in the content, whose
/// opening tag may be missing because it was part of their prompt. npos: the content ends before it.
std::size_t answer_start(std::string_view content) {
    constexpr std::string_view end_of_reasoning = "</think>";
    std::size_t start =
        content.find_first_not_of(white_space, content.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    if (start == std::string_view::npos || content[start] == '{') return start;
    const std::size_t end = content.find(end_of_reasoning, start);
    if (end != std::string_view::npos) return content.find_first_not_of(white_space, end + end_of_reasoning.size());
    return content.substr(start).starts_with("<think>") ? std::string_view::npos : start;
}

Error refused(std::string problem) { return {Fault::input, std::move(problem)}; }

}  // namespace

Result<Answer> parse_answer(std::string_view content, const AnswerLimits& limits) {
    expects(limits.depth_max <= 128, "an answer's depth limit is at most 128");
    if (content.size() > limits.bytes_max)
        return refused("the answer is longer than " + std::to_string(limits.bytes_max) + " bytes.");
    if (content.find('\0') != std::string_view::npos) return refused("the answer holds a NUL byte.");
    const std::size_t start = answer_start(content);
    if (start == std::string_view::npos) return refused("the answer is empty or ends before it begins.");
    if (content[start] == '[')
        return refused("the answer is an array; it must be an object with the key \"entities\".");

    Attempt found = find_answer(content, start, limits);
    if (!found.answer) return refused(std::move(found.problem));
    Answer answer = *std::move(found.answer);
    const bool leads = content.find_first_not_of(white_space) != found.stopped_at - answer.json.size();
    const bool trails = content.find_first_not_of(white_space, found.stopped_at) != std::string_view::npos;
    if (trails && find_answer(content, found.stopped_at, limits).answer)
        return refused("the answer holds two JSON objects; it must be one.");
    answer.repaired = leads || trails;
    return answer;
}

}  // namespace prelabel::labeling
