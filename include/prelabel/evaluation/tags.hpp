#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/evaluation/labeled_span.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::evaluation {

/// How the tags of a CoNLL column spell entities.
/// `lenient` accepts any mixture and starts an entity wherever one can start; the others drop tags against their rules.
enum class TagScheme { lenient, iob1, iob2, iobes, bilou };
constexpr auto enum_names(TagScheme) {
    return std::to_array<EnumName<TagScheme>>({
        {TagScheme::lenient, "lenient"},
        {TagScheme::iob1, "iob1"},
        {TagScheme::iob2, "iob2"},
        {TagScheme::iobes, "iobes"},
        {TagScheme::bilou, "bilou"},
    });
}

/// Whether a file of this scheme may have this tag: `O`, or one of its prefixes alone or followed by a hyphen.
[[nodiscard]] bool allowed(std::string_view tag, TagScheme scheme);

/// The tags that a file of this scheme may have, for messages: "O, B-…, I-…".
[[nodiscard]] std::string_view spelling(TagScheme scheme);

/// The entities of one sentence, in order. The label is the text after the first hyphen, or `_` if there is none.
/// Unit: tokens. All tags must be allowed. One call is one sentence: entities never reach into the next.
/// Source: lenient decodes like conlleval and seqeval's default, the others like seqeval's strict mode.
[[nodiscard]] std::vector<LabeledSpan> decode_tags(std::span<const std::string> tags, TagScheme scheme);

/// The labels of single tokens, for token-level scores: a span of one token for every tag but `O`, whatever its prefix.
[[nodiscard]] std::vector<LabeledSpan> token_labels(std::span<const std::string> tags);

}  // namespace prelabel::evaluation
