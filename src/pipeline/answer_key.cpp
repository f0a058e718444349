#include <prelabel/base/expects.hpp>
#include <prelabel/base/little_endian.hpp>
#include <prelabel/pipeline/answer_key.hpp>

#include <cstring>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace prelabel::pipeline {

/// Holds the state after the secret's own block, from which each key starts.
struct AnswerKeys::Mac {
    EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(algorithm);

    Mac() = default;
    Mac(const Mac&) = delete;
    Mac& operator=(const Mac&) = delete;
    ~Mac() {
        EVP_MAC_CTX_free(context);
        EVP_MAC_free(algorithm);
    }
};

AnswerKeys::AnswerKeys(const Secret& secret) : mac_(std::make_unique<Mac>()) {
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(secret.reveal().data());
    expects(
        mac_->context != nullptr && EVP_MAC_init(mac_->context, bytes, secret.reveal().size(), parameters.data()) == 1,
        "OpenSSL has HMAC-SHA-256");
}

AnswerKeys::~AnswerKeys() = default;

AnswerKey AnswerKeys::of(std::string_view endpoint, std::string_view body) {
    // The length between them: no endpoint and body run together into those of another request.
    const auto length = little_endian(std::uint64_t{endpoint.size()});
    const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    std::array<unsigned char, 32> digest{};
    std::size_t written = 0;
    auto* context = mac_->context;
    const bool made = EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
                      EVP_MAC_update(context, bytes({length.data(), length.size()}), length.size()) == 1 &&
                      EVP_MAC_update(context, bytes(endpoint), endpoint.size()) == 1 &&
                      EVP_MAC_update(context, bytes(body), body.size()) == 1 &&
                      EVP_MAC_final(context, digest.data(), &written, digest.size()) == 1;
    expects(made && written == digest.size(), "HMAC-SHA-256 gives 32 bytes");
    AnswerKey key;
    for (std::size_t i = 0; i < digest.size(); ++i)
        key.words[i / 8] |= std::uint64_t{digest[i]} << (8 * (i % 8));  // the same number on every machine
    return key;
}

}  // namespace prelabel::pipeline
