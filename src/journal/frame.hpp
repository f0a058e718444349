#pragma once

#include <prelabel/base/secret.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/pipeline/answer_key.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prelabel::journal {

/// What a frame says about its key.
enum class FrameKind : std::uint8_t {
    answer = 1,
    forgotten = 2,  ///< the answers before it are not to be given any more; no payload
};

struct Frame {
    FrameKind kind = FrameKind::answer;
    WallTime at{};
    pipeline::AnswerKey key;
    std::string_view payload;
};

/// How a frame stands in a segment, all numbers little-endian, the length the payload's:
///
///   marker 4 │ CRC-32C 4 │ length 4 │ version 1 │ kind 1 │ flags 1 │ 0 │ wall time 8 │ key 32 │ payload │ 0 … 8
///                        └─────────────────────── checked by the CRC ───────────────────────┘
///
/// Frames begin at multiples of eight bytes, so that the next one is found behind a damaged one. Marker and the CRC's
/// seed come from the journal's secret: no answer can hold bytes that are taken for a frame.
/// Flags are for payloads to come (bit 0: encrypted); a frame with flags or a version that are not known is skipped.
class FrameFormat {
public:
    static constexpr std::size_t header_bytes = 56;
    static constexpr std::size_t alignment = 8;
    static constexpr std::size_t payload_bytes_max = 16U << 20;

    explicit FrameFormat(const Secret& secret);

    [[nodiscard]] static std::size_t bytes_of(std::size_t payload_bytes) {
        return (header_bytes + payload_bytes + alignment - 1) / alignment * alignment;
    }
    [[nodiscard]] std::string encode(const Frame& frame) const;

    enum class Look {
        whole,           ///< and its CRC is right
        foreign,         ///< whole, but of a version or kind that this program does not know
        short_of_bytes,  ///< it would be longer than `bytes`
        bad,
    };
    struct Seen {
        Look look = Look::bad;
        std::size_t bytes = 0;  ///< with its filling; if short of bytes, how many are needed
        Frame frame;            ///< a view into `bytes`
    };
    /// What begins where `bytes` begin.
    [[nodiscard]] Seen look(std::string_view bytes) const;
    /// Where the next frame may begin, not before `from`; bytes.size() or behind it if nowhere.
    [[nodiscard]] std::size_t next_marker(std::string_view bytes, std::size_t from) const;
    /// Of other files of the same journal.
    [[nodiscard]] std::uint32_t checksum(std::string_view bytes) const;

private:
    std::uint32_t marker_;
    std::uint32_t seed_;
};

}  // namespace prelabel::journal
