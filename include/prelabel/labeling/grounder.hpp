#pragma once

#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/labeling/work_budget.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Finds each mention in the document and gives it its true span; what is not there is set aside with a reason. Nothing
/// is invented, and `entity.text` is always the document's own slice.
/// Every mention ends in exactly one of the two lists of Findings.
///
/// What counts as found (`Match`):
///   exact       the same bytes, whole words and whole user-perceived characters: `Ada` is in `Ada's`, not in
///               `Adaptive`; scripts without spaces have no word edges, Hebrew and Arabic words may carry a proclitic
///   normalized  the same but for case, white space, Unicode form (NFC/NFD/compatibility), invisible characters, curly
///               quotes and dashes; searched over an index that leads every folded byte back to the document
///   fuzzy       never: a guess is not a true span
///
/// Which occurrence: exact matches are placed before normalized ones and longer mentions before shorter ones, because
/// they are the surer; among equals, answer order. A mention takes the first occurrence that nobody has, from the place
/// of the mention before it in the answer on and, if there is none, from the start of the text. So a repeated mention
/// takes the next occurrence. Occurrences that touch no other entity are preferred to nested ones (`New York` in
/// `New York University`); entities never cross.
///
/// White space around a mention is not part of it.
///
/// Why set aside (`DiscardReason`): `unknown_label` (labels are compared byte by byte: two labels of a task may differ
/// in case only), `schema` (nothing visible, or not UTF-8), `not_in_text`, `duplicate` (said more often than it
/// stands there), `overlap` (what is left crosses another entity or has the span of an entity with another label: the
/// first in the order above keeps it), `not_searched` (the budget ended before all places were looked at).
///
/// Bound:   normalized matches span at most 8 times the mention's bytes and 64 more; of a mention said n times the
///          first 1,024 + 2n occurrences are seen, fewer where more than 1,024 different ones are said. No text and
///          no answer takes more work than its `allowance`: what was found by then is shipped.
/// Threads: const and free of shared state.
/// Cost:    about 1 µs for five mentions in 2 KiB; the normalized index (10 ns a byte) is built only when an exact
///          match fails; thousands of mentions in 10 MiB take one pass.
class Grounder {
public:
    explicit Grounder(const std::vector<Label>& labels);

    /// `text` must be valid UTF-8, below 4 GiB.
    [[nodiscard]] Findings ground(std::string_view text, const std::vector<Mention>& mentions) const;

    /// What one document may cost, in two shares, so that what was found by the end of the first can be placed.
    struct Work {
        WorkBudget searching;
        WorkBudget placing;
    };
    /// 32 million steps (some 40 ms), 48 for each byte of the text and 16 for each byte of the mentions;
    /// half as many for placing.
    [[nodiscard]] static Work allowance(std::string_view text, const std::vector<Mention>& mentions);
    [[nodiscard]] Findings ground(std::string_view text, const std::vector<Mention>& mentions, Work& work) const;

private:
    std::vector<std::string> labels_;
};

}  // namespace prelabel::labeling
