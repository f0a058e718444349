#include "labeling/occurrences.hpp"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <memory>

namespace prelabel::labeling {
namespace {

constexpr std::size_t separate_work_max = 4U << 20;  // bytes searched, needle by needle
constexpr std::size_t head_bytes_max = 64;           // std::string_view::find is quadratic in what it looks for

// What a step stands for is a nanosecond; a kept hit also costs memory.
constexpr std::uint64_t steps_per_place = 4;
constexpr std::uint64_t steps_per_link = 2;
constexpr std::uint64_t steps_per_look_up = 64;
constexpr std::uint64_t steps_per_kept_hit = 32;
constexpr std::size_t bytes_compared_per_step = 8;

/// False when there is no more to look for: enough hits, or no budget.
bool keep_if_it_fits(Needle& needle, std::size_t at, const OccurrenceAt& occurrence, WorkBudget& budget) {
    if (needle.hits.size() >= needle.hits_max) return false;
    if (const auto hit = occurrence(at, needle.text.size())) {
        if (!budget.spend(steps_per_kept_hit)) return false;
        needle.hits.push_back(*hit);
    }
    return !budget.exhausted();
}

void find_separately(std::string_view text, Needle& needle, const OccurrenceAt& occurrence, WorkBudget& budget) {
    const std::string_view head = needle.text.substr(0, head_bytes_max);
    const std::string_view rest = needle.text.substr(head.size());
    if (!budget.spend(text.size())) return;
    for (std::size_t at = text.find(head); at != std::string_view::npos; at = text.find(head, at)) {
        if (!budget.spend(steps_per_place)) return;
        if (inside_ascii_word(text, at)) {
            at = ascii_word_end(text, at);  // no place before that is another word's beginning
            continue;
        }
        if (!rest.empty() && !budget.spend(rest.size() / bytes_compared_per_step)) return;
        if (text.substr(at + head.size()).starts_with(rest) && !keep_if_it_fits(needle, at, occurrence, budget)) return;
        ++at;
    }
}

/// All needles, in the order of their texts. Those that stand at one place begin one another:
///
///   at "Adaptive"   Ada ◂── Adap ◂── Adaptor    "Adaptor" comes last before it and shares five bytes with it, so
///                                               every needle on its chain that is no longer stands there
class Needles {
public:
    /// The needles must be sorted by text.
    explicit Needles(std::vector<Needle>& needles) : needles_(needles), begin_of_(needles.size()) {
        std::size_t chain = none;
        for (std::size_t i = 0; i < needles.size(); ++i) {
            while (chain != none && !needles[i].text.starts_with(needles[chain].text)) chain = begin_of_[chain];
            begin_of_[i] = chain;
            chain = i;
            if (needles[i].text.size() < head_bytes) {
                begins_short_.set(static_cast<unsigned char>(needles[i].text[0]));
            } else {
                heads_.set(head(needles[i].text));
            }
        }
    }

    /// Calls `found(needle)` for every needle that stands at `at`, the longest first, while the budget lasts.
    template <class Found>
    void at(std::string_view text, WorkBudget& budget, const Found& found) const {
        if (!may_begin(text)) return;
        const auto after = std::ranges::upper_bound(needles_, text, {}, &Needle::text);
        std::uint64_t steps = steps_per_look_up;
        if (after != needles_.begin()) {
            const auto last = static_cast<std::size_t>(after - needles_.begin()) - 1;
            const std::string_view nearest = needles_[last].text.substr(0, text.size());
            const auto differ = std::ranges::mismatch(nearest, text).in1;
            const auto shared = static_cast<std::size_t>(differ - nearest.begin());
            if (!budget.spend(shared)) return;
            for (std::size_t i = last; i != none && !budget.exhausted(); i = begin_of_[i]) {
                steps += steps_per_link;
                if (needles_[i].text.size() <= shared) found(needles_[i]);
            }
        }
        static_cast<void>(budget.spend(steps));
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    static constexpr std::size_t head_bytes = 3;
    static constexpr std::size_t head_bits = 16;

    /// A hash of the first three bytes.
    static std::size_t head(std::string_view text) {
        const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(text[at])}; };
        return (byte(0) << 16 | byte(1) << 8 | byte(2)) * 0x9E3779B1U >> (32 - head_bits);
    }
    /// A cheap first look at a place.
    [[nodiscard]] bool may_begin(std::string_view text) const {
        return begins_short_.test(static_cast<unsigned char>(text[0])) ||
               (text.size() >= head_bytes && heads_.test(head(text)));
    }

    std::vector<Needle>& needles_;
    std::vector<std::size_t> begin_of_;  // the longest needle that this one begins with
    std::bitset<1U << head_bits> heads_;
    std::bitset<1U << 8> begins_short_;  // first bytes of needles shorter than a head
};

void find_together(std::string_view text, std::vector<Needle>& needles, const OccurrenceAt& occurrence,
                   WorkBudget& budget) {
    const auto index = std::make_unique<const Needles>(needles);
    if (!budget.spend(text.size())) return;
    for (std::size_t at = 0; at < text.size() && !budget.exhausted(); ++at) {
        if (inside_ascii_word(text, at)) continue;
        index->at(text.substr(at), budget, [&](Needle& needle) { keep_if_it_fits(needle, at, occurrence, budget); });
    }
}

}  // namespace

void find_all(std::string_view text, std::vector<Needle>& needles, const OccurrenceAt& occurrence, WorkBudget& budget) {
    if (needles.size() > 1 && needles.size() > separate_work_max / (text.size() + 1))
        return find_together(text, needles, occurrence, budget);
    for (Needle& needle : needles) find_separately(text, needle, occurrence, budget);
}

}  // namespace prelabel::labeling
