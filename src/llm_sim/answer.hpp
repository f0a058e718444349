#pragma once

#include "llm_sim/chat_request.hpp"
#include "llm_sim/dice.hpp"
#include "llm_sim/fault_kind.hpp"
#include "llm_sim/gold_book.hpp"
#include "llm_sim/personality.hpp"

#include <prelabel/labeling/task.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// What a reasoning model says to itself: it holds braces, and no answer.
inline constexpr std::string_view thoughts =
    "The user wants {\"entities\": …}. Names begin with capitals; let me look.";

/// What the simulated model says.
struct Answer {
    std::optional<std::string> content;
    std::optional<std::string> refusal;
    std::string finish = "stop";
    std::string_view reasoning_field;  ///< beside the content; empty: none

    /// Output tokens by estimate.
    [[nodiscard]] std::uint64_t tokens() const {
        return estimated_tokens((content ? content->size() : 0) + (refusal ? refusal->size() : 0) +
                                (reasoning_field.empty() ? 0 : thoughts.size()));
    }
};

/// Labels documents: from gold where the text is known, by lexicon otherwise.
class Labeler {
public:
    Labeler(GoldBook gold, double error_rate) : gold_(std::move(gold)), error_rate_(error_rate) {}

    /// The answer to `request`. Faults of the content are built in; faults of the delivery are not this one's business.
    /// `dice` decides on the model's mistakes and `fault_dice` on the shape of the fault.
    [[nodiscard]] Answer answer(const ChatRequest& request, FaultKind fault, const Dice& dice,
                                const Dice& fault_dice) const;

private:
    [[nodiscard]] std::vector<labeling::Mention> mentions(const ChatRequest& request, const Dice& dice) const;

    GoldBook gold_;
    double error_rate_;
};

/// Adds the thoughts of a reasoning model to an answer with content.
void reason(ReplyForm form, Answer& answer);

/// `{"entities": [{"label", "text"}, …]}`
[[nodiscard]] std::string answer_text(const std::vector<labeling::Mention>& mentions);

/// At most `bytes` of valid UTF-8, cut on a code point's boundary.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t bytes);

}  // namespace prelabel::llm_sim
