#include "files/error_list.hpp"

#include "files/code_points.hpp"

#include <prelabel/base/enum_array.hpp>
#include <prelabel/evaluation/span_errors.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace prelabel::files {
namespace {

using evaluation::LabeledSpan;
using evaluation::SpanError;
using evaluation::SpanErrorKind;

constexpr std::size_t context_max = 30;   // code points on each side
constexpr std::size_t mention_max = 120;  // of the mention itself

std::vector<LabeledSpan> entities_of(const LabeledDocument* document, bool in_tokens, evaluation::TagScheme scheme) {
    if (document == nullptr) return {};
    return in_tokens ? evaluation::decode_tags(document->tags, scheme) : document->entities;
}

/// Some code points of a text, on one line.
std::string piece(const CodePoints& text, std::size_t start, std::size_t end) {
    std::string out(text.piece(start, end));
    std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return out;
}

std::string in_context(const CodePoints& text, const labeling::Span& at) {
    const std::size_t begin = at.start - std::min(at.start, context_max);
    const std::size_t end = std::min(text.size(), at.end + context_max);
    const bool long_one = at.end - at.start > mention_max;
    return (begin > 0 ? "…" : "") + piece(text, begin, at.start) + '[' +
           piece(text, at.start, long_one ? at.start + mention_max : at.end) + (long_one ? "…]" : "]") +
           piece(text, at.end, end) + (end < text.size() ? "…" : "");
}

class ErrorList {
public:
    ErrorList(std::string gold_path, bool in_tokens, std::size_t count)
        : gold_path_(std::move(gold_path)), in_tokens_(in_tokens), count_(count) {}

    void add(const DocumentPair& pair, const SpanError& error) {
        ++counts_[error.kind];
        if (lines_.size() == count_) return;
        const auto& gold = *pair.gold;
        std::string labels = (error.gold ? error.gold : error.predicted)->label;
        if (error.kind == SpanErrorKind::confused) labels += " as " + error.predicted->label;
        std::string line = std::string(to_string(error.kind)) + "  " + labels + "  " + gold_path_ + ':' +
                           std::to_string(gold.line) + "  ";
        const auto* side = gold.text ? &gold : pair.predicted;
        if (side != nullptr && side->text) {
            const auto& text = look_into(*side->text);
            line += in_context(text, place(gold, error.gold ? *error.gold : *error.predicted));
            if (error.gold && error.predicted && !same_place(*error.gold, *error.predicted)) {
                const auto other = place(gold, *error.predicted);
                line +=
                    "  predicted: [" + piece(text, other.start, std::min(other.end, other.start + mention_max)) + ']';
            }
        }
        lines_.push_back(std::move(line));
    }

    [[nodiscard]] std::string text() const {
        std::size_t total = 0;
        std::string out;
        for (const auto kind : enum_values<SpanErrorKind>) {
            out += (out.empty() ? "" : ", ") + std::to_string(counts_[kind]) + ' ' + std::string(to_string(kind));
            total += counts_[kind];
        }
        if (lines_.size() < total) out += "; the first " + std::to_string(lines_.size()) + " (--errors=N shows more)";
        out += '\n';
        for (const auto& line : lines_) out += line + '\n';
        return out;
    }

private:
    static bool same_place(const LabeledSpan& a, const LabeledSpan& b) { return a.start == b.start && a.end == b.end; }

    /// In code points of the text.
    [[nodiscard]] labeling::Span place(const LabeledDocument& gold, const LabeledSpan& span) const {
        if (!in_tokens_) return {span.start, span.end};
        return {gold.tokens[span.start].start, gold.tokens[span.end - 1].end};
    }

    /// The errors of a document come one after the other.
    const CodePoints& look_into(const std::string& text) {
        if (std::exchange(text_, &text) != &text) code_points_.emplace(text);
        return *code_points_;
    }

    std::string gold_path_;
    bool in_tokens_;
    std::size_t count_;
    EnumArray<SpanErrorKind, std::size_t> counts_{};
    std::vector<std::string> lines_;
    const std::string* text_ = nullptr;
    std::optional<CodePoints> code_points_;  ///< of it
};

}  // namespace

std::string error_list(const DocumentPairs& pairs, const std::string& gold_path, bool in_tokens,
                       evaluation::TagScheme scheme, std::size_t count) {
    ErrorList list(gold_path, in_tokens, count);
    for (const auto& pair : pairs.pairs) {
        const auto gold = entities_of(pair.gold, in_tokens, scheme);
        const auto predicted = entities_of(pair.predicted, in_tokens, scheme);
        for (const auto& error : evaluation::span_errors(gold, predicted)) list.add(pair, error);
    }
    return list.text();
}

}  // namespace prelabel::files
