#include <prelabel/base/printable.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/evaluation/marked_text.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <ranges>

namespace prelabel::evaluation {
namespace {

constexpr const char* reset = "\033[0m";
/// Black on colours that are light on every usual palette.
constexpr std::array<const char*, 6> paints{"30;46", "30;43", "30;42", "30;45", "30;47", "30;106"};

/// Where in `text` each of these code points begins, in bytes. `wanted` is ascending.
std::map<std::size_t, std::size_t> bytes_of(std::string_view text, const std::vector<std::size_t>& wanted) {
    std::map<std::size_t, std::size_t> bytes;
    std::size_t at = 0;
    std::size_t passed = 0;
    for (const std::size_t point : wanted) {
        for (; passed < point && at < text.size(); ++passed) at += utf8::decode(text, at).bytes;
        bytes[point] = at;
    }
    return bytes;
}

}  // namespace

std::string Marker::opening(const std::string& label) {
    if (!in_colour_) return "[";
    auto found = std::ranges::find(labels_, label);
    if (found == labels_.end()) found = labels_.insert(labels_.end(), label);
    const auto number = static_cast<std::size_t>(found - labels_.begin());
    return "\033[" + std::string(paints[number % paints.size()]) + "m";
}

std::string Marker::mark(std::string_view text, std::span<const LabeledSpan> spans) {
    std::vector<const LabeledSpan*> waiting;
    std::vector<std::size_t> boundaries;
    for (const auto& one : spans) {
        waiting.push_back(&one);
        boundaries.insert(boundaries.end(), {one.start, one.end});
    }
    std::ranges::stable_sort(waiting, [](const auto* a, const auto* b) {
        return a->start != b->start ? a->start < b->start : a->end > b->end;
    });
    std::ranges::sort(boundaries);
    boundaries.erase(std::ranges::unique(boundaries).begin(), boundaries.end());

    std::string out;
    std::size_t at = 0;
    std::vector<const LabeledSpan*> open;  // the innermost last
    const auto put = [&](std::size_t end) {
        const std::string piece = printable(text.substr(at, end - at));
        at = end;
        if (!in_colour_ || open.empty()) {
            out += piece;
            return;
        }
        for (const char c : piece)  // a background ends with its line, or it would fill the next one's margin
            out += c == '\n' ? reset + std::string("\n") + opening(open.back()->label) : std::string(1, c);
    };
    auto next = waiting.begin();
    for (const auto& [point, byte] : bytes_of(text, boundaries)) {
        put(byte);
        while (true) {
            const auto ending = std::ranges::find(open.rbegin(), open.rend(), point, &LabeledSpan::end);
            if (ending == open.rend()) break;
            const LabeledSpan& closed = **ending;
            open.erase(std::next(ending).base());
            out += in_colour_ ? opening(closed.label) + "\033[1m " + printable(closed.label) + reset
                              : ' ' + printable(closed.label) + ']';
            if (in_colour_ && !open.empty()) out += opening(open.back()->label);
        }
        for (; next != waiting.end() && (*next)->start == point; ++next) {
            open.push_back(*next);
            out += opening((*next)->label);
        }
    }
    put(text.size());
    return out;
}

std::string Marker::label(std::string_view name) {
    const std::string word = printable(name);
    return in_colour_ ? opening(std::string(name)) + "\033[1m" + word + reset : word;
}

std::string Marker::strong(std::string_view text) const {
    return in_colour_ ? "\033[1m" + printable(text) + reset : printable(text);
}

std::string Marker::soft(std::string_view text) const {
    return in_colour_ ? "\033[2m" + printable(text) + reset : printable(text);
}

}  // namespace prelabel::evaluation
