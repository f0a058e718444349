#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace prelabel::pipeline {

/// Identity of a request within a process: 128-bit XXH3, with a secret of the process, over endpoint and the exact
/// request body. Exact keys only: a semantic cache would return another document's answer.
struct AnswerKey {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend bool operator==(const AnswerKey&, const AnswerKey&) = default;
};

struct StoredAnswer {
    llm::Completion completion;
    record::CacheTier tier = record::CacheTier::memory;
};

/// Port: answers already paid for. Bound: the implementation's, by bytes.
class AnswerStore {
public:
    AnswerStore() = default;
    AnswerStore(const AnswerStore&) = delete;
    AnswerStore& operator=(const AnswerStore&) = delete;
    virtual ~AnswerStore() = default;

    [[nodiscard]] virtual async::Coroutine<std::optional<StoredAnswer>> find(AnswerKey key) = 0;
    /// Keeps a paid answer, before anyone parses it.
    [[nodiscard]] virtual async::Coroutine<> put(AnswerKey key, llm::Completion completion) = 0;
    /// The answer turned out to be unusable: whoever asks again gets another one.
    virtual void forget(const AnswerKey& key) = 0;
};

}  // namespace prelabel::pipeline

template <>
struct std::hash<prelabel::pipeline::AnswerKey> {
    std::size_t operator()(const prelabel::pipeline::AnswerKey& key) const noexcept { return key.low; }
};
