#include <prelabel/base/utf8.hpp>
#include <prelabel/pipeline/conversation.hpp>
#include <prelabel/pipeline/ruling.hpp>

#include <string>
#include <utility>

namespace prelabel::pipeline {
namespace {

using llm::Message;
using llm::Role;

/// How much of an unusable answer is shown to the model again: enough to correct, not enough to run up a bill.
constexpr std::size_t echo_bytes_max = 2'000;

}  // namespace

async::Coroutine<Conversation::Outcome> Conversation::hold() {
    for (std::uint32_t reasks = 0;; ++reasks) {
        Obtained obtained = co_await ask();
        if (std::holds_alternative<Abandoned>(obtained)) co_return Abandoned{};
        if (auto* unanswered = std::get_if<Unanswered>(&obtained)) {
            spend_.usage += unanswered->usage;
            forget_unusable();
            co_return std::move(*unanswered);
        }
        const auto& answered = std::get<Answered>(obtained);
        account(answered);
        Ruling ruling = ruling_on(*context_.plan.kind, text_, answered.completion);
        if (auto* unanswered = std::get_if<Unanswered>(&ruling)) {
            forget_unusable();
            co_return std::move(*unanswered);
        }
        if (auto* judged = std::get_if<labeling::Judged>(&ruling)) co_return std::move(*judged);
        unusable_.push_back(answered.key);
        auto& unusable = std::get<labeling::Unusable>(ruling);
        if (reasks == context_.retry.max_reasks) {
            // An answer that is well-formed but names nothing from the document is shipped as such: all set aside.
            if (!unusable.findings.discarded.empty()) co_return labeling::Judged{std::move(unusable.findings)};
            forget_unusable();
            co_return Unanswered{DeadLetterClass::invalid_answer, std::move(unusable.problem)};
        }
        ++context_.stats.reasks;
        repair_.clear();  // one failed answer is context enough
        const std::string_view echo = utf8::prefix(answered.completion.content, echo_bytes_max);
        repair_.push_back({Role::assistant, std::string(echo)});
        repair_.push_back({Role::user, context_.plan.prompt.repair_turn(unusable.problem)});
    }
}

async::Coroutine<Obtained> Conversation::ask() {
    for (;;) {
        Obtained obtained = co_await context_.answers.obtain(request(), &spend_.effort, scope_);
        const auto* answered = std::get_if<Answered>(&obtained);
        const bool kept =
            answered && answered->tier != record::CacheTier::miss && answered->tier != record::CacheTier::inflight;
        // The same question twice, where two unusable answers are the same: what is kept is the first of them.
        if (!kept || std::erase(unusable_, answered->key) == 0) co_return obtained;
        context_.answers.forget(answered->key);
    }
}

void Conversation::forget_unusable() {
    for (const auto& key : unusable_) context_.answers.forget(key);
}

Request Conversation::request() const {
    return {context_.plan.form, [this] {
                std::vector<Message> turns;
                turns.push_back({Role::user, context_.plan.prompt.document_turn(text_)});
                turns.insert(turns.end(), repair_.begin(), repair_.end());
                return turns;
            }};
}

void Conversation::account(const Answered& answered) {
    spend_.usage += answered.completion.usage;
    spend_.tier = answered.tier;
    spend_.response_ids.push_back(answered.completion.response_id);
    spend_.answered_by = answered.completion.model;
    spend_.finish = answered.completion.finish;
    spend_.took = answered.took;
    if (context_.plan.extras.raw_answer) spend_.said = answered.completion.content;
}

}  // namespace prelabel::pipeline
