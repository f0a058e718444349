#pragma once

#include <prelabel/base/record.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::flow {

/// The records done above a partition's position, as text that is committed with it (Kafka's offset metadata).
///
///   offset  5  6  7  8  9 10        next = 5: the position
///   done       x  x        x        runs = [6, 8) [10, 11)
///
/// A map is about offsets, not records: for an offset without a record, both values are right.
///
///   text    kind, base64 without padding of (checksum, body); empty if no record is done above
///   kind    R: body is varints, alternately how many offsets are skipped and done; B: body is one bit for each offset
///
/// The shorter body is written. Unused letters are for later versions. The checksum also covers the position: a tool
/// that moves positions or copies them to another cluster may keep the text, which would then name other records.
///
/// Bound:  `text_bytes_max` of text, `span_max` offsets above the position; at most 12,268 runs in memory.
/// Errors: decode() gives none for a text that encode() does not write for this position. Repeats are better than loss.
/// Cost:   linear in the runs and the text, for any text.
/// Source: base64 as in RFC 4648 section 4; the checksum is FNV-1a.
struct DoneMap {
    /// Offsets from `first` up to, but without, `end`.
    struct Run {
        Offset first;
        Offset end;

        friend bool operator==(const Run&, const Run&) = default;
    };

    /// `offset.metadata.max.bytes` of a broker, by default.
    static constexpr std::size_t text_bytes_max = 4'096;
    static constexpr std::size_t checksum_bytes = 4;
    static constexpr std::size_t body_bytes_max = (text_bytes_max - 1) * 6 / 8 - checksum_bytes;
    /// This many offsets always fit, whichever of them are done: 24,536.
    static constexpr Offset dense_span_max = 8 * body_bytes_max;
    static constexpr Offset span_max = Offset{1} << 24;

    Offset next = 0;
    std::vector<Run> runs;  ///< in order, none empty, none touches another or begins below `next`

    /// None if the map does not fit.
    [[nodiscard]] std::optional<std::string> encode() const;
    /// `next`: the position with which the text was committed.
    [[nodiscard]] static std::optional<DoneMap> decode(std::string_view text, Offset next);
    /// Bytes of a body that a number of offsets takes, skipped or done.
    [[nodiscard]] static std::size_t bytes_of(Offset count);

    /// Whether all that `less` says is done is done here too.
    [[nodiscard]] bool covers(const DoneMap& less) const;

    friend bool operator==(const DoneMap&, const DoneMap&) = default;
};

}  // namespace prelabel::flow
