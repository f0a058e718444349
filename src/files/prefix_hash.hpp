#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace prelabel::files {

/// How much was read, and a hash that tells it from anything else of the same length. Source: XXH3, 128 bits.
class PrefixHash {
public:
    PrefixHash();
    void add(std::string_view bytes);

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Of all that was added: 32 hexadecimal digits.
    [[nodiscard]] std::string digest() const;

private:
    struct Free {
        void operator()(XXH3_state_s* state) const;
    };
    std::unique_ptr<XXH3_state_s, Free> state_;
    std::uint64_t bytes_ = 0;
};

}  // namespace prelabel::files
