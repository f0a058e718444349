#include <prelabel/pipeline/ruling.hpp>

#include <utility>

namespace prelabel::pipeline {

bool is_cut(const llm::Completion& completion, const labeling::Unusable& unusable) {
    return unusable.unreadable && completion.finish == llm::FinishReason::length;
}

Ruling ruling_on(const labeling::TaskKind& kind, std::string_view text, const llm::Completion& completion) {
    switch (completion.finish) {
        case llm::FinishReason::refusal:
            return Unanswered{DeadLetterClass::refused, "the model refused"};
        case llm::FinishReason::content_filter:
            return Unanswered{DeadLetterClass::content_filter, "the provider's filter stopped the answer"};
        default:
            break;
    }
    auto judgement = kind.judge(text, completion.content);
    if (auto* judged = std::get_if<labeling::Judged>(&judgement)) return std::move(*judged);
    auto& unusable = std::get<labeling::Unusable>(judgement);
    if (is_cut(completion, unusable)) unusable.problem = "the answer was cut off at the output limit";
    return std::move(unusable);
}

}  // namespace prelabel::pipeline
