#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/base/secret.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/config/load.hpp>
#include <prelabel/config/settings.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace prelabel::config {

/// The provider's key, or a header field's value. It is read again when its file changes, so that a key can be rotated
/// under a running worker.
/// Cost:    one stat a second at most; between two looks the key is a copy of what was read.
/// Threads: confined to the loop.   Bound: 64 KiB.
class ApiKey {
public:
    /// What it is, for messages and for what may be in it.
    struct Use {
        std::string key = "llm.api_key";
        std::string what = "the provider's API key";
        bool may_have_spaces = false;
    };
    explicit ApiKey(ApiKeySource source, Environment environment = process_environment());
    ApiKey(ApiKeySource source, Use use, Environment environment = process_environment());

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

    /// Editors and `echo` leave a newline; anything else that is not visible ASCII would break the request's header.
    [[nodiscard]] Result<Secret> accepted(std::string text, const std::string& where) const;

    ApiKeySource source_;
    Use use_;
    Environment environment_;
    std::optional<Secret> key_;
    std::optional<Version> version_;
    std::optional<TimePoint> looked_at_;
};

}  // namespace prelabel::config
