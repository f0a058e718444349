#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/base/secret.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/config/load.hpp>
#include <prelabel/config/settings.hpp>

#include <cstdint>
#include <optional>

namespace prelabel::config {

/// The provider's key, read again when its file changes, so that a key can be rotated under a running worker.
/// Cost:    one stat a second at most; between two looks the key is a copy of what was read.
/// Threads: confined to the loop.   Bound: 64 KiB.
class ApiKey {
public:
    explicit ApiKey(ApiKeySource source, Environment environment = process_environment());

    /// The key at `now`; an empty one when none is configured. While a file is gone or unreadable, the last good key.
    /// Errors: Fault::config, names the variable or file, never the key.
    [[nodiscard]] Result<Secret> read(TimePoint now);

private:
    struct Version {
        std::int64_t modified_ns = 0;
        std::uint64_t inode = 0;
        std::int64_t bytes = 0;

        friend bool operator==(const Version&, const Version&) = default;
    };

    [[nodiscard]] Result<> refresh();

    ApiKeySource source_;
    Environment environment_;
    std::optional<Secret> key_;
    std::optional<Version> version_;
    std::optional<TimePoint> looked_at_;
};

}  // namespace prelabel::config
