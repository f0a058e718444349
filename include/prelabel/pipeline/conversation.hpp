#pragma once

#include <prelabel/labeling/judgement.hpp>
#include <prelabel/pipeline/answer_service.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::pipeline {

/// What calls for a document have cost so far, over all its conversations.
struct Spend {
    llm::Usage usage;
    flow::Effort effort;
    record::CacheTier tier = record::CacheTier::miss;  ///< of the last answer
    std::vector<std::string> response_ids;
    // Of the last answer:
    std::string answered_by{};
    llm::FinishReason finish = llm::FinishReason::stop;
    std::optional<Duration> took{};     ///< its call; none where it was there already
    std::optional<std::string> said{};  ///< its text, where the plan wants it
};

/// One question about one text, until an answer can be used: ask ▸ judge, and ask again with what was wrong.
/// It knows no record: a document may hold several, and one without a document serves as a canary.
class Conversation {
public:
    /// What all conversations of a worker share, and outlives them.
    struct Context {
        const LabelingPlan& plan;
        const Retry& retry;
        AnswerService& answers;
        Stats& stats;
    };
    using Outcome = std::variant<labeling::Judged, Unanswered, Abandoned>;

    /// `text` and `spend` outlive it.
    Conversation(const Context& context, std::string_view text, Spend& spend, ScopePtr scope)
        : context_(context), text_(text), spend_(spend), scope_(std::move(scope)) {}

    [[nodiscard]] async::Coroutine<Outcome> hold();

private:
    /// The answer to the next question. One that was found unusable here is none.
    [[nodiscard]] async::Coroutine<Obtained> ask();
    [[nodiscard]] Request request() const;
    /// Once no answer was usable. Until then they are kept: who repeats the conversation after a crash pays for none.
    void forget_unusable();
    void account(const Answered& answered);

    Context context_;
    std::string_view text_;
    Spend& spend_;
    ScopePtr scope_;
    std::vector<AnswerKey> unusable_;   ///< whose answers are kept
    std::vector<llm::Message> repair_;  ///< the last answer that could not be used, and what was wrong with it
};

}  // namespace prelabel::pipeline
