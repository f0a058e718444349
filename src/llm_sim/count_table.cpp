#include "llm_sim/count_table.hpp"

#include <limits>
#include <utility>

namespace prelabel::llm_sim {
namespace {

constexpr std::size_t first_slots = 1024;

}  // namespace

std::size_t CountTable::place(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key & mask;
    while (slots_[at].count > 0 && slots_[at].key != key) at = (at + 1) & mask;
    return at;
}

void CountTable::grow() {
    std::vector<Slot> old(slots_.empty() ? first_slots : slots_.size() * 2);
    std::swap(old, slots_);
    for (const Slot& slot : old)
        if (slot.count > 0) slots_[place(slot.key)] = slot;
}

std::uint32_t CountTable::add(std::uint64_t key) {
    if (size_ < entries_max_ && (size_ + 1) * 5 > slots_.size() * 3) grow();
    if (slots_.empty()) {
        ++overflowed_;
        return 0;
    }
    Slot& slot = slots_[place(key)];
    if (slot.count == 0) {
        if (size_ == entries_max_) {
            ++overflowed_;
            return 0;
        }
        slot.key = key;
        ++size_;
    }
    const std::uint32_t before = slot.count;
    if (before < std::numeric_limits<std::uint32_t>::max()) ++slot.count;
    return before;
}

std::uint32_t CountTable::count(std::uint64_t key) const { return slots_.empty() ? 0 : slots_[place(key)].count; }

void CountTable::clear() {
    slots_ = {};
    size_ = 0;
    overflowed_ = 0;
}

}  // namespace prelabel::llm_sim
