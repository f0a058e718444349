#include "files/prefix_hash.hpp"

#include <prelabel/base/expects.hpp>

#include <array>
#include <cstdio>
#include <xxhash.h>

namespace prelabel::files {

PrefixHash::PrefixHash() : state_(XXH3_createState()) {
    expects(state_ != nullptr && XXH3_128bits_reset(state_.get()) == XXH_OK, "there is memory for a hash");
}

void PrefixHash::Free::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

void PrefixHash::add(std::string_view bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
    bytes_ += bytes.size();
}

std::string PrefixHash::digest() const {
    const auto hash = XXH3_128bits_digest(state_.get());
    std::array<char, 33> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return digits.data();
}

}  // namespace prelabel::files
