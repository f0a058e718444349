#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// Finds ids that stand twice, by their 64-bit hashes:
/// of a million ids one is taken for another with a chance of one in 37 million.
/// Bound: `ids_max` ids and 16 bytes for each; later ones are compared with these only.
class SeenIds {
public:
    static constexpr std::size_t ids_max_default = 1'000'000;

    explicit SeenIds(std::size_t ids_max = ids_max_default) : ids_max_(ids_max) {}

    /// True when the id was added before.
    [[nodiscard]] bool add(std::string_view id);
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    /// Where a hash stands, or the free place for it.
    [[nodiscard]] std::size_t place_of(std::uint64_t hash) const;
    void grow();

    std::size_t ids_max_;
    std::size_t size_ = 0;
    std::vector<std::uint64_t> table_;  ///< at most half full; 0: free
};

}  // namespace prelabel::files
