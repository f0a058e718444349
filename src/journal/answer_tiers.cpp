#include <prelabel/journal/answer_tiers.hpp>

#include <utility>

namespace prelabel::journal {

async::Coroutine<std::optional<pipeline::StoredAnswer>> AnswerTiers::find(pipeline::AnswerKey key) {
    auto stored = co_await memory_.find(key);
    if (stored) co_return stored;
    auto kept = journal_.find(key);
    if (!kept) co_return std::nullopt;
    llm::Completion copy = *kept;
    co_await memory_.put(key, std::move(copy));
    co_return pipeline::StoredAnswer{std::move(*kept), record::CacheTier::journal};
}

async::Coroutine<> AnswerTiers::put(pipeline::AnswerKey key, llm::Completion completion) {
    co_await journal_.put(key, completion);
    co_await memory_.put(key, std::move(completion));
}

void AnswerTiers::forget(const pipeline::AnswerKey& key) {
    memory_.forget(key);
    journal_.forget(key);
}

}  // namespace prelabel::journal
