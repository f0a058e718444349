#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace prelabel::files {

/// A record, and which of the inputs it is from.
struct Drawn {
    Record record;
    std::size_t input = 0;
    bool finished = false;  ///< by an earlier run: it counts, but nobody needs its value
};

/// Some random ones of all records that are offered, each with the same chance, in one pass and without knowing how
/// many there will be: every place in the input has a random rank that follows from the seed alone, and those of lowest
/// rank are kept. So a larger draw with the same seed holds the smaller one.
///
/// Bound:  `size` records, of together `bytes_max`.
/// Errors: Fault::config if these are not enough bytes.
class Draw {
public:
    static constexpr std::size_t bytes_default = 256U << 20;

    Draw(std::uint64_t size, std::uint64_t seed, std::size_t bytes_max = bytes_default);

    [[nodiscard]] Result<> offer(Drawn one);
    /// What was drawn, in the order in which it was offered. Once, at the end.
    [[nodiscard]] std::deque<Drawn> take();

private:
    struct Ranked {
        std::uint64_t rank;
        std::uint64_t place;  ///< in the order of offers
        Drawn drawn;
    };
    static bool lower(const Ranked& a, const Ranked& b);

    std::uint64_t size_;
    std::uint64_t seed_;
    std::size_t bytes_max_;
    std::uint64_t offered_ = 0;
    std::size_t bytes_ = 0;
    std::vector<Ranked> kept_;  // a heap, the highest rank first
};

}  // namespace prelabel::files
