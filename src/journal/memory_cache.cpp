#include <prelabel/journal/memory_cache.hpp>

#include <utility>

namespace prelabel::journal {
namespace {

/// The list node and the hash node beside the strings.
constexpr std::size_t bookkeeping_bytes = 96;

}  // namespace

std::size_t MemoryCache::bytes_of(const Entry& entry) {
    return sizeof(Entry) + bookkeeping_bytes + entry.completion.content.capacity() +
           entry.completion.response_id.capacity() + entry.completion.model.capacity();
}

async::Coroutine<std::optional<pipeline::StoredAnswer>> MemoryCache::find(pipeline::AnswerKey key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) co_return std::nullopt;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    co_return pipeline::StoredAnswer{found->second->completion, record::CacheTier::memory};
}

async::Coroutine<> MemoryCache::put(pipeline::AnswerKey key, llm::Completion completion) {
    if (by_key_.contains(key)) co_return;  // equal requests, equal answers: the first one stays
    by_use_.push_front({key, std::move(completion)});
    by_key_.emplace(key, by_use_.begin());
    bytes_ += bytes_of(by_use_.front());
    while (bytes_ > bytes_max_) forget(pipeline::AnswerKey(by_use_.back().key));
}

void MemoryCache::forget(const pipeline::AnswerKey& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    bytes_ -= bytes_of(*found->second);
    by_use_.erase(found->second);
    by_key_.erase(found);
}

}  // namespace prelabel::journal
