#pragma once

#include <prelabel/pipeline/answer_key.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace prelabel::journal {

/// Where a frame stands: its segment, and its offset in units of FrameFormat::alignment.
struct Place {
    std::uint32_t segment = 0;  ///< counted from 1
    std::uint32_t unit = 0;

    friend bool operator==(const Place&, const Place&) = default;
};

/// 64 bits of a key: enough to find its frame, which holds the whole key. Of two keys that share them, an accident that
/// takes billions of answers, the later one is found.
[[nodiscard]] inline std::uint64_t fingerprint(const pipeline::AnswerKey& key) {
    return key.words[0] ^ key.words[1] ^ key.words[2] ^ key.words[3];
}

/// The place of the latest answer to each key: an open hash table of 16 bytes a slot.
///
/// Bound: 18 to 43 bytes an answer (128 MiB for 6,000,000), and twice that for the moment in which it is rebuilt.
///        Places in segments that are gone keep their slots until then.
/// Cost:  one or two cache lines a look-up; bench/journal/journal_bench says what a restart takes.
class AnswerIndex {
public:
    /// Of an answer in a segment that is not gone.
    [[nodiscard]] std::optional<Place> find(std::uint64_t fingerprint) const;
    void put(std::uint64_t fingerprint, Place place);
    void erase(std::uint64_t fingerprint);
    /// Segments before `oldest` are gone: what stands there is not found.
    void drop_before(std::uint32_t oldest) { oldest_ = oldest; }
    [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }
    /// How many answers are found. Cost: reads the whole table.
    [[nodiscard]] std::size_t count() const;
    /// Slots that hold something, also of segments that are gone.
    [[nodiscard]] std::size_t occupied() const { return occupied_; }

private:
    struct Slot {
        std::uint64_t fingerprint = 0;
        Place place;
    };
    static constexpr std::uint32_t erased = UINT32_MAX;  // as a unit
    [[nodiscard]] bool live(const Slot& slot) const {
        return slot.place.segment >= oldest_ && slot.place.segment != 0 && slot.place.unit != erased;
    }
    /// Where the fingerprint stands, or the empty slot where its search ends. The table is never full.
    [[nodiscard]] std::size_t slot_of(std::uint64_t fingerprint) const;
    void rebuild();

    std::vector<Slot> slots_;  // a power of two
    std::size_t occupied_ = 0;
    std::uint32_t oldest_ = 1;
};

}  // namespace prelabel::journal
