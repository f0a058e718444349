#include <prelabel/base/base64.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/flow/done_map.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace prelabel::flow {
namespace {

constexpr char kind_runs = 'R';
constexpr char kind_bits = 'B';

/// Over the position, the kind and the body; FNV-1a of 64 bits, folded.
std::string checksum(Offset next, char kind, std::string_view body) {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 1'099'511'628'211ULL; };
    for (unsigned shift = 0; shift < 64; shift += 8) add(static_cast<std::uint64_t>(next) >> shift & 0xFFU);
    add(static_cast<unsigned char>(kind));
    for (const char byte : body) add(static_cast<unsigned char>(byte));
    const std::uint64_t folded = hash ^ hash >> 32U;
    std::string bytes;
    for (unsigned shift = 0; shift < 8 * DoneMap::checksum_bytes; shift += 8)
        bytes += static_cast<char>(folded >> shift & 0xFFU);
    return bytes;
}

void append_varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80U; value >>= 7U) out += static_cast<char>(value | 0x80U);
    out += static_cast<char>(value);
}

/// The next number of `in`, at most `span_max`, in its shortest form.
std::optional<Offset> take_varint(std::string_view& in) {
    Offset value = 0;
    for (unsigned shift = 0; shift < 28 && !in.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        value |= static_cast<Offset>(byte & 0x7FU) << shift;
        if (byte >= 0x80U) continue;
        const bool longer_than_needed = byte == 0 && shift > 0;
        if (longer_than_needed || value > DoneMap::span_max) return std::nullopt;
        return value;
    }
    return std::nullopt;
}

std::string body_of_runs(const DoneMap& map) {
    std::string body;
    Offset at = map.next;
    for (const auto& run : map.runs) {
        expects(run.first >= at && run.end > run.first, "runs are in order, above the position");
        append_varint(static_cast<std::uint64_t>(run.first - at), body);
        append_varint(static_cast<std::uint64_t>(run.end - run.first), body);
        at = run.end;
    }
    return body;
}

std::string body_of_bits(const DoneMap& map) {
    std::string body(static_cast<std::size_t>(map.runs.back().end - map.next + 7) / 8, '\0');
    for (const auto& run : map.runs) {
        for (Offset offset = run.first; offset < run.end; ++offset) {
            const auto bit = static_cast<std::size_t>(offset - map.next);
            body[bit / 8] = static_cast<char>(static_cast<unsigned char>(body[bit / 8]) | 1U << bit % 8);
        }
    }
    return body;
}

std::optional<std::vector<DoneMap::Run>> runs_of_runs(std::string_view body, Offset next) {
    std::vector<DoneMap::Run> runs;
    Offset at = 0;
    while (!body.empty()) {
        const auto skipped = take_varint(body);
        const auto done = take_varint(body);
        if (!skipped || !done || *done == 0 || (*skipped == 0 && !runs.empty())) return std::nullopt;
        const Offset first = at + *skipped;
        at = first + *done;
        if (at > DoneMap::span_max) return std::nullopt;
        runs.push_back({next + first, next + at});
    }
    return runs;
}

std::optional<std::vector<DoneMap::Run>> runs_of_bits(std::string_view body, Offset next) {
    if (!body.empty() && body.back() == '\0') return std::nullopt;
    std::vector<DoneMap::Run> runs;
    Offset at = next;
    for (const char byte : body) {
        for (unsigned bit = 0; bit < 8; ++bit, ++at) {
            if ((static_cast<unsigned char>(byte) >> bit & 1U) == 0) continue;
            if (!runs.empty() && runs.back().end == at)
                ++runs.back().end;
            else
                runs.push_back({at, at + 1});
        }
    }
    return runs;
}

}  // namespace

std::size_t DoneMap::bytes_of(Offset count) {
    std::size_t bytes = 1;
    for (auto left = static_cast<std::uint64_t>(count) >> 7U; left > 0; left >>= 7U) ++bytes;
    return bytes;
}

std::optional<std::string> DoneMap::encode() const {
    if (runs.empty()) return std::string();
    const Offset span = runs.back().end - next;
    if (span > span_max) return std::nullopt;
    std::string body = body_of_runs(*this);
    char kind = kind_runs;
    if (static_cast<std::size_t>(span + 7) / 8 < body.size()) {
        body = body_of_bits(*this);
        kind = kind_bits;
    }
    if (body.size() > body_bytes_max) return std::nullopt;
    return kind + to_base64(checksum(next, kind, body) + body);
}

std::optional<DoneMap> DoneMap::decode(std::string_view text, Offset next) {
    if (text.empty()) return DoneMap{next, {}};
    if (text.size() > text_bytes_max || next < 0 || next > std::numeric_limits<Offset>::max() - span_max)
        return std::nullopt;
    const char kind = text.front();
    if (kind != kind_runs && kind != kind_bits) return std::nullopt;
    const auto bytes = from_base64(text.substr(1));
    if (!bytes || bytes->size() <= checksum_bytes) return std::nullopt;
    const std::string_view body = std::string_view(*bytes).substr(checksum_bytes);
    if (!bytes->starts_with(checksum(next, kind, body))) return std::nullopt;
    auto runs = kind == kind_runs ? runs_of_runs(body, next) : runs_of_bits(body, next);
    if (!runs) return std::nullopt;
    return DoneMap{next, std::move(*runs)};
}

bool DoneMap::covers(const DoneMap& less) const {
    const bool touches = !runs.empty() && runs.front().first == next;
    const Offset below = touches ? runs.front().end : next;
    if (less.next > below) return false;
    return std::ranges::all_of(less.runs, [&](const Run& run) {
        const Offset first = std::max(run.first, below);
        return first >= run.end ||
               std::ranges::any_of(runs, [&](const Run& own) { return own.first <= first && run.end <= own.end; });
    });
}

}  // namespace prelabel::flow
