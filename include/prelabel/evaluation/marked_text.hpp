#pragma once

#include <prelabel/evaluation/labeled_span.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::evaluation {

/// Marks entities in their texts for a person at a terminal, each with its label:
///
///   [[University of [Leeds LOC] ORG] and …       without colours
///
/// With colours the brackets are a background, and each label keeps its colour in all texts. Spans may be nested or
/// cross. What else is in a text is `printable`: no document can draw on the terminal.
class Marker {
public:
    explicit Marker(bool in_colour) : in_colour_(in_colour) {}

    /// `text` is valid UTF-8, and no span ends behind it. Unit of spans: code points.
    [[nodiscard]] std::string mark(std::string_view text, std::span<const LabeledSpan> spans);
    /// A label, or another word about it, as it is painted.
    [[nodiscard]] std::string label(std::string_view name);
    /// Words that matter more, or less, than the texts.
    [[nodiscard]] std::string strong(std::string_view text) const;
    [[nodiscard]] std::string soft(std::string_view text) const;

private:
    [[nodiscard]] std::string opening(const std::string& label);

    bool in_colour_;
    std::vector<std::string> labels_;  // in the order of their colours
};

}  // namespace prelabel::evaluation
