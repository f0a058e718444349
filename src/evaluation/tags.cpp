#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/evaluation/tags.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace prelabel::evaluation {
namespace {

struct Spelling {
    std::string_view prefixes;
    std::string_view words;
};

constexpr auto spellings = enum_array<TagScheme, Spelling>({
    {TagScheme::lenient, {"BIESLU", "O, or B-, I-, E-, S-, L- or U- and a label"}},
    {TagScheme::iob1, {"BI", "O, or B- or I- and a label"}},
    {TagScheme::iob2, {"BI", "O, or B- or I- and a label"}},
    {TagScheme::iobes, {"BIES", "O, or B-, I-, E- or S- and a label"}},
    {TagScheme::bilou, {"BILU", "O, or B-, I-, L- or U- and a label"}},
});

struct Tag {
    char prefix = 'O';
    std::string_view label = "_";
};

Tag parse(std::string_view tag) {
    if (tag == "O") return {};
    const auto label = tag.substr(std::min<std::size_t>(2, tag.size()));
    return {tag.front(), label.empty() ? std::string_view("_") : label};
}

bool one_of(char prefix, std::string_view prefixes) { return prefixes.find(prefix) != std::string_view::npos; }

// ---- lenient

bool lenient_end(const Tag& before, const Tag& here) {
    if (before.prefix == 'E' || before.prefix == 'S') return true;
    if (one_of(before.prefix, "BI") && one_of(here.prefix, "BSO")) return true;
    return before.prefix != 'O' && before.label != here.label;
}

bool lenient_start(const Tag& before, const Tag& here) {
    if (one_of(here.prefix, "BS")) return true;
    if (one_of(here.prefix, "EI") && one_of(before.prefix, "ESO")) return true;
    return here.prefix != 'O' && before.label != here.label;
}

std::vector<LabeledSpan> decode_lenient(std::span<const std::string> tags) {
    std::vector<LabeledSpan> found;
    Tag before;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= tags.size(); ++i) {
        const Tag here = i < tags.size() ? parse(tags[i]) : Tag{};
        if (lenient_end(before, here)) found.push_back({std::string(before.label), begin, i});
        if (lenient_start(before, here)) begin = i;
        before = here;
    }
    return found;
}

// ---- strict: which neighbours start, continue and end an entity

enum class Labels { any, same, different };

/// A pair of neighbouring tags, by their prefixes and whether their labels agree.
struct Neighbours {
    std::string_view before;
    std::string_view here;
    Labels labels;
};

struct Rules {
    std::span<const Neighbours> starts;
    std::span<const Neighbours> continues;
    std::span<const Neighbours> ends;
};

constexpr std::string_view any = "OBIESLU";

// In IOB1 a B- only separates neighbours of one label; elsewhere it starts nothing.
constexpr std::array<Neighbours, 4> iob1_starts{
    {{"OB", "I", Labels::any}, {"I", "I", Labels::different}, {"I", "B", Labels::same}, {"B", "B", Labels::same}}};
constexpr std::array<Neighbours, 1> iob_continues{{{"BI", "I", Labels::same}}};
constexpr std::array<Neighbours, 4> iob1_ends{
    {{"BI", "O", Labels::any}, {"BI", "I", Labels::different}, {"I", "B", Labels::any}, {"B", "B", Labels::same}}};

constexpr std::array<Neighbours, 1> iob2_starts{{{any, "B", Labels::any}}};
constexpr std::array<Neighbours, 2> iob2_ends{{{"BI", "OB", Labels::any}, {"BI", "I", Labels::different}}};

constexpr std::array<Neighbours, 1> iobes_starts{{{any, "BS", Labels::any}}};
constexpr std::array<Neighbours, 1> iobes_continues{{{"BI", "IE", Labels::same}}};
constexpr std::array<Neighbours, 1> iobes_ends{{{"ES", any, Labels::any}}};

constexpr std::array<Neighbours, 1> bilou_starts{{{any, "BU", Labels::any}}};
constexpr std::array<Neighbours, 1> bilou_continues{{{"BI", "IL", Labels::same}}};
constexpr std::array<Neighbours, 1> bilou_ends{{{"LU", any, Labels::any}}};

Rules rules_of(TagScheme scheme) {
    switch (scheme) {
        case TagScheme::iob1:
            return {iob1_starts, iob_continues, iob1_ends};
        case TagScheme::iob2:
            return {iob2_starts, iob_continues, iob2_ends};
        case TagScheme::iobes:
            return {iobes_starts, iobes_continues, iobes_ends};
        case TagScheme::bilou:
            return {bilou_starts, bilou_continues, bilou_ends};
        case TagScheme::lenient:
            break;
    }
    expects(false, "a strict scheme");
    return {};
}

bool matches(std::span<const Neighbours> rules, const Tag& before, const Tag& here) {
    return std::ranges::any_of(rules, [&](const Neighbours& rule) {
        if (!one_of(before.prefix, rule.before) || !one_of(here.prefix, rule.here)) return false;
        return rule.labels == Labels::any || (rule.labels == Labels::same) == (before.label == here.label);
    });
}

std::vector<LabeledSpan> decode_strict(std::span<const std::string> tags, const Rules& rules) {
    const auto at = [&](std::size_t i) { return i < tags.size() ? parse(tags[i]) : Tag{}; };
    std::vector<LabeledSpan> found;
    Tag before;
    for (std::size_t i = 0; i < tags.size();) {
        const Tag first = at(i);
        std::size_t end = i + 1;
        if (matches(rules.starts, before, first)) {
            while (matches(rules.continues, at(end - 1), at(end))) ++end;
            if (matches(rules.ends, at(end - 1), at(end))) found.push_back({std::string(first.label), i, end});
        }
        i = end;
        before = at(i - 1);
    }
    return found;
}

}  // namespace

std::string_view spelling(TagScheme scheme) { return spellings[scheme].words; }

bool allowed(std::string_view tag, TagScheme scheme) {
    if (tag == "O") return true;
    if (tag.empty() || !one_of(tag.front(), spellings[scheme].prefixes)) return false;
    return tag.size() == 1 || tag[1] == '-';
}

std::vector<LabeledSpan> decode_tags(std::span<const std::string> tags, TagScheme scheme) {
    expects(std::ranges::all_of(tags, [&](const auto& tag) { return allowed(tag, scheme); }), "tags of the scheme");
    return scheme == TagScheme::lenient ? decode_lenient(tags) : decode_strict(tags, rules_of(scheme));
}

std::vector<LabeledSpan> token_labels(std::span<const std::string> tags) {
    std::vector<LabeledSpan> labels;
    for (std::size_t i = 0; i < tags.size(); ++i)
        if (tags[i] != "O") labels.push_back({std::string(parse(tags[i]).label), i, i + 1});
    return labels;
}

}  // namespace prelabel::evaluation
