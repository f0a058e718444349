#include "journal/frame.hpp"

#include "journal/bytes.hpp"
#include "journal/crc32c.hpp"

#include <prelabel/base/expects.hpp>

#include <xxhash.h>

namespace prelabel::journal {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t crc_at = 4;
constexpr std::size_t length_at = 8;
constexpr std::size_t version_at = 12;
constexpr std::size_t kind_at = 13;
constexpr std::size_t flags_at = 14;
constexpr std::size_t time_at = 16;
constexpr std::size_t key_at = 24;

}  // namespace

FrameFormat::FrameFormat(const Secret& secret) {
    // A one-way street is not needed: neither number leaves the folder that has the secret itself.
    const auto hash = XXH3_64bits(secret.reveal().data(), secret.reveal().size());
    marker_ = static_cast<std::uint32_t>(hash) | 1U;  // not zero, which holes in files are made of
    seed_ = static_cast<std::uint32_t>(hash >> 32U);
}

std::string FrameFormat::encode(const Frame& frame) const {
    expects(frame.payload.size() <= payload_bytes_max, "a payload has at most payload_bytes_max");
    std::string out;
    out.reserve(bytes_of(frame.payload.size()));
    append_number(out, marker_);
    append_number(out, std::uint32_t{0});
    append_number(out, static_cast<std::uint32_t>(frame.payload.size()));
    append_number(out, version);
    append_number(out, static_cast<std::uint8_t>(frame.kind));
    append_number(out, std::uint16_t{0});
    append_number(out, static_cast<std::int64_t>(frame.at.time_since_epoch().count()));
    for (const auto word : frame.key.words) append_number(out, word);
    out += frame.payload;
    const auto crc = little_endian(checksum(std::string_view(out).substr(length_at)));
    out.replace(crc_at, crc.size(), crc.data(), crc.size());
    out.resize(bytes_of(frame.payload.size()));
    return out;
}

FrameFormat::Seen FrameFormat::look(std::string_view bytes) const {
    if (bytes.size() < header_bytes) return {Look::short_of_bytes, header_bytes, {}};
    const auto length = number_at<std::uint32_t>(bytes, length_at);
    if (number_at<std::uint32_t>(bytes, 0) != marker_ || length > payload_bytes_max) return {};
    if (bytes.size() < bytes_of(length)) return {Look::short_of_bytes, bytes_of(length), {}};
    const auto checked = bytes.substr(length_at, header_bytes - length_at + length);
    if (checksum(checked) != number_at<std::uint32_t>(bytes, crc_at)) return {};
    Seen seen{Look::whole, bytes_of(length), {}};
    const auto kind = number_at<std::uint8_t>(bytes, kind_at);
    const bool known =
        kind == static_cast<std::uint8_t>(FrameKind::answer) || kind == static_cast<std::uint8_t>(FrameKind::forgotten);
    if (number_at<std::uint8_t>(bytes, version_at) != version || number_at<std::uint8_t>(bytes, flags_at) != 0 ||
        !known) {
        seen.look = Look::foreign;
        return seen;
    }
    seen.frame.kind = static_cast<FrameKind>(kind);
    seen.frame.at = WallTime(std::chrono::milliseconds(number_at<std::int64_t>(bytes, time_at)));
    for (std::size_t i = 0; i < seen.frame.key.words.size(); ++i)
        seen.frame.key.words[i] = number_at<std::uint64_t>(bytes, key_at + 8 * i);
    seen.frame.payload = bytes.substr(header_bytes, length);
    return seen;
}

std::size_t FrameFormat::next_marker(std::string_view bytes, std::size_t from) const {
    from = (from + alignment - 1) / alignment * alignment;
    while (from + sizeof marker_ <= bytes.size() && number_at<std::uint32_t>(bytes, from) != marker_) from += alignment;
    return from;
}

std::uint32_t FrameFormat::checksum(std::string_view bytes) const { return crc32c(bytes, seed_); }

}  // namespace prelabel::journal
