#pragma once

#include <prelabel/journal/journal.hpp>
#include <prelabel/journal/memory_cache.hpp>

namespace prelabel::journal {

/// Memory before the journal: what is asked often costs no read, and what a restart took from memory is found on disk.
/// An answer is written to the journal first, before anybody uses it.
/// Lifetime: the tiers outlive it.   Threads: confined to the loop.
class AnswerTiers final : public pipeline::AnswerStore {
public:
    AnswerTiers(MemoryCache& memory, Journal& journal) : memory_(memory), journal_(journal) {}

    [[nodiscard]] async::Coroutine<std::optional<pipeline::StoredAnswer>> find(pipeline::AnswerKey key) override;
    [[nodiscard]] async::Coroutine<> put(pipeline::AnswerKey key, llm::Completion completion) override;
    void forget(const pipeline::AnswerKey& key) override;
    [[nodiscard]] Secret key_secret() const override { return journal_.secret(); }

private:
    MemoryCache& memory_;
    Journal& journal_;
};

}  // namespace prelabel::journal
