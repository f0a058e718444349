#include "labeling/answer_search.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace prelabel::labeling {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr int attempts_max = 10'000;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

using Reading = std::function<Attempt(std::string_view)>;

/// An attempt and where it began.
struct Tried {
    std::size_t at = 0;
    Attempt attempt;
};

/// Where the list begins whose first item is the object at `brace`; the brace itself where that is no list's.
std::size_t list_or_object(std::string_view content, std::size_t from, std::size_t brace) {
    if (brace == 0) return brace;
    const std::size_t before = content.find_last_not_of(white_space, brace - 1);
    return before != std::string_view::npos && before >= from && content[before] == '[' ? before : brace;
}

/// The list in "[]", "```json\n[ ]\n```"; none where anything else stands.
std::string_view empty_list(std::string_view content, std::size_t start) {
    const std::size_t open = content.find('[', start);
    if (open == std::string_view::npos) return {};
    const std::size_t close = content.find_first_not_of(white_space, open + 1);
    if (close == std::string_view::npos || content[close] != ']') return {};
    const std::string_view before = content.substr(start, open - start);
    const std::string_view after = content.substr(close + 1);
    const bool fenced = before.starts_with("```") && before.find('\n') != std::string_view::npos &&
                        before.find_first_not_of(white_space, before.find('\n')) == std::string_view::npos;
    const std::string_view around = fenced ? " \t\r\n`" : white_space;
    const bool alone = (fenced || before.empty()) && after.find_first_not_of(around) == std::string_view::npos;
    return alone ? content.substr(open, close + 1 - open) : std::string_view();
}

/// The first object from `from` on that is an answer, or the most telling attempt, skipping prose. Each byte is looked
/// at once: the search goes on where an attempt stopped. An object that is cut off ends the search: what stands inside
/// it is no answer. So do ten thousand braces of prose: an attempt costs as much as hundreds of bytes.
Tried search(std::string_view content, std::size_t from, const Reading& read) {
    std::optional<Tried> best;
    int attempts = 0;
    for (std::size_t at = content.find('{', from); at != std::string_view::npos && attempts < attempts_max;
         ++attempts) {
        const std::size_t begin = attempts == 0 ? list_or_object(content, from, at) : at;
        Tried tried{begin, read(content.substr(begin))};
        const bool other_list = begin != at && tried.attempt.telling != Telling::cut_off && !tried.attempt.is_answer;
        // The object in a list of something else may be the answer.
        const std::size_t next = other_list ? at : begin + std::max<std::size_t>(tried.attempt.consumed, 1);
        const bool done = tried.attempt.is_answer || tried.attempt.telling == Telling::cut_off;
        if (done || !best || tried.attempt.telling > best->attempt.telling) best = std::move(tried);
        if (done) break;
        at = content.find('{', next);
    }
    if (best) return *std::move(best);
    Tried none;
    none.attempt.problem = "the answer holds no JSON object.";
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

Result<FoundAnswer> find_answer(std::string_view content, std::string_view form, std::size_t bytes_max,
                                const Reading& attempt) {
    if (content.size() > bytes_max)
        return refused("the answer is longer than " + std::to_string(bytes_max) + " bytes.");
    if (content.find('\0') != std::string_view::npos) return refused("the answer holds a NUL byte.");
    const std::size_t start = answer_start(content);
    if (start == std::string_view::npos) return refused("the answer is empty or ends before it begins.");
    if (const std::string_view list = empty_list(content, start); !list.empty() && attempt(list).is_answer) {
        const bool whole =
            content.find_first_not_of(white_space) == static_cast<std::size_t>(list.data() - content.data());
        return FoundAnswer{list, !whole};
    }
    Tried found = search(content, start, attempt);
    if (!found.attempt.is_answer) {
        const bool array = content[start] == '[' && found.attempt.telling == Telling::syntax;
        return refused(array ? "the answer is an array; it must be " + std::string(form) + '.'
                             : std::move(found.attempt.problem));
    }
    const std::size_t end = found.at + found.attempt.consumed;
    const bool leads = content.find_first_not_of(white_space) != found.at;
    const bool trails = content.find_first_not_of(white_space, end) != std::string_view::npos;
    if (trails && search(content, end, attempt).attempt.is_answer)
        return refused("the answer holds two JSON objects; it must be one.");
    return FoundAnswer{content.substr(found.at, found.attempt.consumed), leads || trails};
}

}  // namespace prelabel::labeling
