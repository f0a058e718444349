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
    /// That a file which was read before cannot be used any more, and why; or that it can again.
    struct News {
        bool usable = false;
        std::string what;
    };
    explicit ApiKey(ApiKeySource source, Environment environment = process_environment());
    ApiKey(ApiKeySource source, Use use, Environment environment = process_environment());

    /// The key at `now`; an empty one when none is configured. While a file is gone or unreadable, the last good key.
    /// Errors: name the variable or file, never the key. Fault::dependency for a file that is not there, cannot be read
    ///         or is empty: it may still come. Fault::config for all else.
    [[nodiscard]] Result<Secret> read(TimePoint now);
    /// What read() met since the last call and nobody was told, while the last good key served on: once per change.
    [[nodiscard]] std::optional<News> take_news();
    /// Whether the last look at the file found nothing to use, and the last good key serves on.
    [[nodiscard]] bool failing() const { return !trouble_.empty(); }

private:
    struct Version {
        std::int64_t modified_ns = 0;
        std::uint64_t inode = 0;
        std::int64_t bytes = 0;

        friend bool operator==(const Version&, const Version&) = default;
    };

    [[nodiscard]] Result<> refresh();
    [[nodiscard]] Result<> refresh_from_file();
    [[nodiscard]] std::string where() const;
    void note(const Result<>& refreshed);

    /// Editors and `echo` leave a newline; anything else that is not visible ASCII would break the request's header.
    [[nodiscard]] Result<Secret> accepted(std::string text, const std::string& where) const;

    ApiKeySource source_;
    Use use_;
    Environment environment_;
    std::optional<Secret> key_;
    std::optional<Version> version_;
    std::optional<TimePoint> looked_at_;
    std::string trouble_;  ///< why the file cannot be used now
    std::optional<News> news_;
};

}  // namespace prelabel::config
