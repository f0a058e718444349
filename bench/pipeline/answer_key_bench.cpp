// What does the key of a request cost, for a body with a 2 KiB document? Beside it, what one would take where nobody
// chooses documents so that two requests share a key (XXH3), and the other keyed hash that OpenSSL has (BLAKE2b).
//
// Repeat: cmake --preset bench && ninja -C build/bench answer_key_bench && build/bench/bench/answer_key_bench
#include <prelabel/pipeline/answer_key.hpp>

#include <array>
#include <string>
#include <xxhash.h>

#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

namespace prelabel::pipeline {
namespace {

/// As of `prelabel show --request`: 1 KiB of instructions and schema, and the document.
std::string body() {
    std::string text;
    for (int i = 0; text.size() < 3'072; ++i) text += "It was a bright day in " + std::to_string(i) + ". ";
    return text;
}

void hmac_sha256(benchmark::State& state) {
    AnswerKeys keys(Secret(std::string(32, 's')));
    const std::string text = body();
    for (auto _ : state) benchmark::DoNotOptimize(keys.of("openai https://api.openai.com/v1", text));
}
BENCHMARK(hmac_sha256);

void blake2b_256(benchmark::State& state) {
    EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "BLAKE2BMAC", nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(algorithm);
    std::size_t size = 32;
    const std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                               OSSL_PARAM_construct_end()};
    const std::array<unsigned char, 32> secret{1};
    const std::string text = body();
    std::array<unsigned char, 32> digest{};
    for (auto _ : state) {
        std::size_t written = 0;
        EVP_MAC_init(context, secret.data(), secret.size(), parameters.data());
        EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MAC_final(context, digest.data(), &written, digest.size());
        benchmark::DoNotOptimize(digest);
    }
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(algorithm);
}
BENCHMARK(blake2b_256);

void xxh3_128(benchmark::State& state) {
    const std::string text = body();
    for (auto _ : state) benchmark::DoNotOptimize(XXH3_128bits_withSeed(text.data(), text.size(), 7));
}
BENCHMARK(xxh3_128);

}  // namespace
}  // namespace prelabel::pipeline
