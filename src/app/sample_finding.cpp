#include "app/sample_finding.hpp"

#include "app/numerals.hpp"

#include <string>
#include <variant>

namespace prelabel::app {
namespace {

using Severity = SampleFinding::Severity;

SampleFinding of_judged(const labeling::Judged& judged) {
    const auto& discarded = judged.findings.discarded;
    if (!discarded.empty()) {
        std::string reasons;
        for (const auto& one : discarded) {
            const std::string reason(to_string(one.reason));
            if (reasons.find(reason) == std::string::npos) reasons += (reasons.empty() ? "" : ", ") + reason;
        }
        return {Severity::warning, "the answer can be used but for " + counted(discarded.size(), "mention") + " (" +
                                       reasons + "): the record would be `partial`"};
    }
    std::string what = "the answer can be used";
    if (judged.cut_out) what += "; it is taken out of the prose, thoughts or code fence around it";
    if (judged.other_form) what += "; it has another form than was asked for, and its meaning is clear";
    return {Severity::ok, what};
}

SampleFinding of_unanswered(const pipeline::Unanswered& unanswered) {
    const bool refused = unanswered.reason == pipeline::DeadLetterClass::refused;
    return {Severity::failure, "no answer to a harmless text: " + unanswered.message,
            "label would make the document a dead letter (" + std::string(to_string(unanswered.reason)) + "); " +
                (refused ? "change the task's wording, or take another model"
                         : "change the task's wording, or the settings of the provider's filter")};
}

std::string fix_of(const labeling::Unusable& unusable, const llm::Completion& completion) {
    if (pipeline::is_cut(completion, unusable))
        return "raise llm.max_output_tokens; what a reasoning model thinks counts into it";
    if (unusable.unreadable)
        return "set llm.response_format: json_schema (or json_object) where the server knows it, say in the task's "
               "instructions that only JSON is wanted, or take another model";
    if (!unusable.findings.discarded.empty()) return "the model answers about another text: take another model";
    return "change the task's schema so that it takes such answers, or say the rule in the task's instructions; with "
           "llm.response_format: json_schema the server enforces what it can";
}

SampleFinding of_unusable(const labeling::Unusable& unusable, const llm::Completion& completion,
                          const pipeline::Retry& retry) {
    const std::string again =
        "ask again (llm.retry.max_reasks: " + std::to_string(retry.max_reasks) + "), pay each time, and then ";
    const std::string then = unusable.findings.discarded.empty() ? "make the document a dead letter (invalid_answer)"
                                                                 : "set aside all that the answer names";
    return {Severity::failure, "the answer cannot be used: " + unusable.problem,
            "label would " + (retry.max_reasks > 0 ? again : "") + then + "; " + fix_of(unusable, completion)};
}

}  // namespace

SampleFinding of_answer(const pipeline::Ruling& ruling, const llm::Completion& completion,
                        const pipeline::Retry& retry) {
    if (const auto* judged = std::get_if<labeling::Judged>(&ruling)) return of_judged(*judged);
    if (const auto* unanswered = std::get_if<pipeline::Unanswered>(&ruling)) return of_unanswered(*unanswered);
    return of_unusable(std::get<labeling::Unusable>(ruling), completion, retry);
}

std::optional<SampleFinding> of_nothing_found(const labeling::Task& task, const labeling::TaskKind& kind) {
    if (task.own_schema.empty()) return std::nullopt;
    const std::string nothing = kind.example_answer({});
    const auto judgement = kind.judge({}, nothing);
    const auto* unusable = std::get_if<labeling::Unusable>(&judgement);
    if (unusable == nullptr)
        return SampleFinding{Severity::ok, "the task's schema takes " + nothing + ": nothing found"};
    const std::string what = "the task's schema refuses " + nothing + ", the answer where nothing is found: ";
    // What else a model has to say, it may say beside an empty list.
    if (unusable->problem.starts_with("at the top: breaks \"required\""))
        return SampleFinding{Severity::warning,
                             what + unusable->problem + " Say in the task's instructions what is to stand there"};
    return SampleFinding{Severity::failure, what + unusable->problem,
                         "label would make every document without entities a dead letter (invalid_answer); let the "
                         "schema take an empty list (no minItems)"};
}

}  // namespace prelabel::app
