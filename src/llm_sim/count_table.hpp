#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace prelabel::llm_sim {

/// How often each 64-bit key was counted. Open addressing, linear probing; keys are hashes already.
/// Bound: `entries_max` keys, 16 bytes a slot, and slots double when 60 % of them are taken. When it is full,
///        known keys still count and new ones only raise `overflowed()`.
class CountTable {
public:
    explicit CountTable(std::size_t entries_max) : entries_max_(entries_max) {}

    /// Counts the key once more and returns how often it was counted before.
    std::uint32_t add(std::uint64_t key);
    [[nodiscard]] std::uint32_t count(std::uint64_t key) const;
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Calls of add() that could not be kept.
    [[nodiscard]] std::uint64_t overflowed() const { return overflowed_; }
    void clear();

    template <class Visit>
    void for_each(Visit visit) const {
        for (const Slot& slot : slots_)
            if (slot.count > 0) visit(slot.key, slot.count);
    }

private:
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t count = 0;  ///< 0: free
    };

    [[nodiscard]] std::size_t place(std::uint64_t key) const;
    void grow();

    std::size_t entries_max_;
    std::size_t size_ = 0;
    std::uint64_t overflowed_ = 0;
    std::vector<Slot> slots_;  ///< a power of two, or none before the first key
};

}  // namespace prelabel::llm_sim
