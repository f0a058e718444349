#pragma once

#include <prelabel/pipeline/answer_store.hpp>

#include <cstddef>
#include <list>
#include <unordered_map>

namespace prelabel::journal {

/// Answers of this process; the least recently used one is removed first. A restart loses all.
///
/// Bound:   `bytes_max` of answers and their bookkeeping; an answer larger than that is not kept.
/// Threads: confined to the loop.   Cost: one hash look-up.
class MemoryCache final : public pipeline::AnswerStore {
public:
    explicit MemoryCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    [[nodiscard]] async::Coroutine<std::optional<pipeline::StoredAnswer>> find(pipeline::AnswerKey key) override;
    [[nodiscard]] async::Coroutine<> put(pipeline::AnswerKey key, llm::Completion completion) override;
    void forget(const pipeline::AnswerKey& key) override;

    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return by_key_.size(); }

private:
    struct Entry {
        pipeline::AnswerKey key;
        llm::Completion completion;
    };
    [[nodiscard]] static std::size_t bytes_of(const Entry& entry);

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::list<Entry> by_use_;  // the latest first
    std::unordered_map<pipeline::AnswerKey, std::list<Entry>::iterator> by_key_;
};

}  // namespace prelabel::journal
