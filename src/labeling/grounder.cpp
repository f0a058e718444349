#include "labeling/coordinates.hpp"
#include "labeling/folded_text.hpp"
#include "labeling/occurrences.hpp"
#include "labeling/placement.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/labeling/grounder.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace prelabel::labeling {
namespace {

constexpr std::size_t hits_max = 1'024;  // of one text, and of all together
constexpr std::size_t hits_max_in_all = 1U << 20;
constexpr std::size_t stretch_max = 8;  // how much longer than the mention a normalized match may be
constexpr std::size_t stretch_free = 64;

// A small document is never short of steps, and a large one can pay for two passes over all of its text.
constexpr std::uint64_t steps_free = 32U << 20;
constexpr std::uint64_t steps_per_text_byte = 48;
constexpr std::uint64_t steps_per_answer_byte = 16;

/// A mention on its way to a place: its index in the answer and the text to look for.
struct Wanted {
    std::size_t mention;
    std::string_view text;
};

/// Places mentions whose texts are looked for in one haystack, all of them exactly or all of them folded.
class Round {
public:
    explicit Round(std::vector<Wanted> wanted) : wanted_(std::move(wanted)) {
        std::ranges::sort(wanted_, {}, [](const Wanted& one) { return std::pair(one.text, one.mention); });
        needles_.reserve(wanted_.size());
        queue_.reserve(wanted_.size());
        for (const Wanted& one : wanted_) {
            if (needles_.empty() || needles_.back().text != one.text) needles_.push_back({one.text, 0, {}});
            needles_.back().hits_max += 2;
            queue_.push_back({one.mention, needles_.size() - 1});
        }
        for (Needle& needle : needles_) needle.hits_max += std::min(hits_max, hits_max_in_all / needles_.size());
        std::ranges::sort(queue_, {}, [&](const Queued& one) {
            return std::pair(~needles_[one.needle].text.size(), one.mention);  // the longest first
        });
    }

    /// `occurrence(at, length)` says where in the document a hit in `haystack` is, or nothing when it is no match.
    /// Returns the mentions that found no place.
    std::vector<std::size_t> run(std::string_view haystack, Placement& placement, const OccurrenceAt& occurrence,
                                 WorkBudget& budget) {
        find_all(haystack, needles_, occurrence, budget);
        std::vector<Candidates> candidates;
        candidates.reserve(needles_.size());
        for (Needle& needle : needles_) candidates.emplace_back(std::move(needle.hits));
        std::vector<std::size_t> left;
        for (const auto& [mention, needle] : queue_) {
            if (!placement.place(mention, candidates[needle])) left.push_back(mention);
        }
        return left;
    }

private:
    struct Queued {
        std::size_t mention;
        std::size_t needle;
    };

    std::vector<Wanted> wanted_;
    std::vector<Needle> needles_;
    std::vector<Queued> queue_;
};

std::optional<Occurrence> occurrence(std::string_view text, Span span, WorkBudget& budget) {
    const Fit how = fit(text, span, budget);
    return how == Fit::broken ? std::nullopt : std::optional(Occurrence{span, how});
}

std::vector<std::size_t> place_exact(std::string_view text, std::vector<Wanted> wanted, Placement& placement,
                                     WorkBudget& budget) {
    const auto at_place = [&](std::size_t at, std::size_t length) {
        return occurrence(text, {at, at + length}, budget);
    };
    return Round(std::move(wanted)).run(text, placement, at_place, budget);
}

void place_normalized(std::string_view text, const std::vector<Mention>& mentions, const std::vector<std::size_t>& left,
                      Placement& placement, WorkBudget& budget) {
    std::vector<std::string> folded_mentions;
    folded_mentions.reserve(left.size());  // views into them are kept
    std::vector<Wanted> wanted;
    for (const std::size_t mention : left) {
        folded_mentions.push_back(folded(mentions[mention].text, budget));
        if (!folded_mentions.back().empty()) wanted.push_back({mention, folded_mentions.back()});
    }
    if (wanted.empty() || budget.exhausted()) return;
    const FoldedText haystack(text, budget);
    if (budget.exhausted()) return;
    const auto at_place = [&](std::size_t at, std::size_t length) {
        const auto span = haystack.origin(at, length);
        const bool stretched = span && span->end - span->start > stretch_max * length + stretch_free;
        return span && !stretched ? occurrence(text, *span, budget) : std::nullopt;
    };
    Round(std::move(wanted)).run(haystack.folded(), placement, at_place, budget);
}

void sort_entities(std::vector<Entity>& entities) {
    std::ranges::sort(entities, {},
                      [](const Entity& entity) { return std::pair(entity.utf8.start, ~entity.utf8.end); });
}

}  // namespace

Grounder::Grounder(const std::vector<Label>& labels) {
    for (const Label& label : labels) labels_.push_back(label.name);
    std::ranges::sort(labels_);
}

Grounder::Work Grounder::allowance(std::string_view text, const std::vector<Mention>& mentions) {
    std::uint64_t steps = steps_free + text.size() * steps_per_text_byte;
    for (const Mention& mention : mentions) steps += mention.text.size() * steps_per_answer_byte;
    return {WorkBudget(steps), WorkBudget(steps / 2)};
}

Findings Grounder::ground(std::string_view text, const std::vector<Mention>& mentions) const {
    Work work = allowance(text, mentions);
    return ground(text, mentions, work);
}

Findings Grounder::ground(std::string_view text, const std::vector<Mention>& mentions, Work& work) const {
    std::vector<std::optional<DiscardReason>> refused(mentions.size());
    std::vector<Wanted> wanted;
    wanted.reserve(mentions.size());
    for (std::size_t i = 0; i < mentions.size(); ++i) {
        if (!std::ranges::binary_search(labels_, mentions[i].label)) {
            refused[i] = DiscardReason::unknown_label;
        } else if (utf8::first_invalid(mentions[i].text) || trimmed(mentions[i].text).empty()) {
            refused[i] = DiscardReason::schema;
        } else {
            wanted.push_back({i, trimmed(mentions[i].text)});
        }
    }
    Placement placement(mentions, work.placing);
    const auto left = place_exact(text, std::move(wanted), placement, work.searching);
    if (!left.empty()) place_normalized(text, mentions, left, placement, work.searching);
    const bool given_up = work.searching.exhausted() || work.placing.exhausted();

    Findings findings;
    findings.entities.reserve(mentions.size());
    for (std::size_t i = 0; i < mentions.size(); ++i) {
        if (!placement.placed(i)) {
            const DiscardReason tried = given_up ? DiscardReason::not_searched : placement.reason(i);
            findings.discarded.push_back({mentions[i].label, mentions[i].text, refused[i].value_or(tried)});
            continue;
        }
        const Span span = placement.span(i);
        const auto slice = text.substr(span.start, span.end - span.start);
        const Match match = slice == mentions[i].text ? Match::exact : Match::normalized;
        findings.entities.push_back({mentions[i].label, std::string(slice), {}, span, {}, match, std::nullopt});
    }
    sort_entities(findings.entities);
    fill_coordinates(text, findings.entities);
    return findings;
}

}  // namespace prelabel::labeling
