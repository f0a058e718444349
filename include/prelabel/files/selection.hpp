#pragma once

#include <cstdint>
#include <optional>

namespace prelabel::files {

/// Which documents of the inputs are taken: all of them, the first ones, or random ones.
///
/// A choice depends on nothing but the inputs, their order and the seed. So the same choice can be made again (that is
/// how an interrupted run goes on), and a larger one holds the smaller one: what has an output already is part of it.
struct Selection {
    static constexpr std::uint64_t seed_default = 1;

    std::optional<std::uint64_t> first{};   ///< at most so many, in the order of the inputs
    std::optional<std::uint64_t> random{};  ///< at most so many of all
    std::uint64_t seed = seed_default;      ///< of the random ones

    /// How many are wanted; none: all there are.
    [[nodiscard]] std::optional<std::uint64_t> size() const { return first ? first : random; }
};

}  // namespace prelabel::files
