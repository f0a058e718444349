#include "journal/answer_index.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::journal {
namespace {

constexpr std::size_t slots_min = 1'024;

}  // namespace

std::size_t AnswerIndex::slot_of(std::uint64_t fingerprint) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = fingerprint & mask;
    while (slots_[at].place.segment != 0 && slots_[at].fingerprint != fingerprint) at = (at + 1) & mask;
    return at;
}

std::optional<Place> AnswerIndex::find(std::uint64_t fingerprint) const {
    if (slots_.empty()) return std::nullopt;
    const Slot& slot = slots_[slot_of(fingerprint)];
    if (!live(slot)) return std::nullopt;
    return slot.place;
}

void AnswerIndex::put(std::uint64_t fingerprint, Place place) {
    if ((occupied_ + 1) * 8 > slots_.size() * 7) rebuild();
    Slot& slot = slots_[slot_of(fingerprint)];
    if (slot.place.segment == 0) ++occupied_;
    slot = {fingerprint, place};
}

void AnswerIndex::erase(std::uint64_t fingerprint) {
    if (slots_.empty()) return;
    Slot& slot = slots_[slot_of(fingerprint)];
    if (slot.place.segment != 0) slot.place.unit = erased;
}

std::size_t AnswerIndex::count() const {
    return static_cast<std::size_t>(std::ranges::count_if(slots_, [this](const Slot& slot) { return live(slot); }));
}

void AnswerIndex::rebuild() {
    const std::size_t kept = count();
    std::size_t size = std::max(slots_.size(), slots_min);
    while (kept * 4 > size * 3) size *= 2;
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(size));
    occupied_ = 0;
    for (const Slot& slot : before) {
        if (!live(slot)) continue;
        slots_[slot_of(slot.fingerprint)] = slot;
        ++occupied_;
    }
}

}  // namespace prelabel::journal
