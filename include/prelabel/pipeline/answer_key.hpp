#pragma once

#include <prelabel/base/secret.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace prelabel::pipeline {

/// Identity of a request: HMAC-SHA-256 over the endpoint and the exact request body. Whoever does not know the secret
/// cannot make two requests that share one, however the documents are chosen; nor does a key tell anything of its text.
/// Exact keys only: a semantic cache would return another document's answer.
struct AnswerKey {
    std::array<std::uint64_t, 4> words{};

    friend bool operator==(const AnswerKey&, const AnswerKey&) = default;
};

/// Makes keys with one secret.
/// Cost: bench/pipeline/answer_key_bench.   Threads: one at a time.
class AnswerKeys {
public:
    explicit AnswerKeys(const Secret& secret);
    AnswerKeys(const AnswerKeys&) = delete;
    AnswerKeys& operator=(const AnswerKeys&) = delete;
    ~AnswerKeys();

    [[nodiscard]] AnswerKey of(std::string_view endpoint, std::string_view body);

private:
    struct Mac;
    std::unique_ptr<Mac> mac_;
};

}  // namespace prelabel::pipeline

template <>
struct std::hash<prelabel::pipeline::AnswerKey> {
    std::size_t operator()(const prelabel::pipeline::AnswerKey& key) const noexcept {
        return key.words[0] ^ key.words[1];  // of a hash: one word would do, but for those that tests make up
    }
};
