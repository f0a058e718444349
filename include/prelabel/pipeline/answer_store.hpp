#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/secret.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/pipeline/answer_key.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <optional>

namespace prelabel::pipeline {

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
    /// What keys are made with, where answers outlive the process; empty: a secret of the process.
    [[nodiscard]] virtual Secret key_secret() const { return {}; }
};

}  // namespace prelabel::pipeline
