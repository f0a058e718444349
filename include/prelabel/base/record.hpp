#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prelabel {

/// Position of a record in its partition. Gaps are normal (compaction, transaction markers).
using Offset = std::int64_t;

/// One partition of one topic; for files, one input file (partition 0).
struct Partition {
    std::string topic;
    std::int32_t number = 0;

    friend auto operator<=>(const Partition&, const Partition&) = default;
};

/// A named value beside a record. Kafka's null is not an empty value.
struct Header {
    std::string name;
    std::optional<std::string> value;

    friend bool operator==(const Header&, const Header&) = default;
};

/// Where a record came from. Unit: `timestamp_ms` is milliseconds since 1970 UTC, -1 if the source has none.
struct Origin {
    Partition partition;
    Offset offset = 0;
    std::int64_t timestamp_ms = -1;
    std::uint64_t line = 0;  ///< of a file: where the record begins, counted from 1; 0: not from a file

    [[nodiscard]] bool from_file() const { return line > 0; }
    /// `topic/partition/offset` or `file:line`: names a record without a key, or a document without an id.
    [[nodiscard]] std::string name() const;

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// A record with its bytes unchanged. A record without a value is a tombstone: it says that its key is deleted.
struct Record {
    Origin origin;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::vector<Header> headers;

    /// Its bytes in memory: value, key, headers, and their overhead. Every bound on records uses this number.
    [[nodiscard]] std::size_t bytes() const;
};

}  // namespace prelabel
