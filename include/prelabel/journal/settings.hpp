#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/time.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace prelabel::journal {

/// What outlives a loss of power. A process that is killed loses nothing with any of them.
enum class Sync {
    none,    ///< what the system has written by itself
    group,   ///< all but the answers of the last tenth of a second
    always,  ///< every answer, before it is used
};
constexpr auto enum_names(Sync) {
    return std::to_array<EnumName<Sync>>({
        {Sync::none, "none"},
        {Sync::group, "group"},
        {Sync::always, "always"},
    });
}

struct Settings {
    std::string path;  ///< a folder; empty: no journal
    std::uint64_t bytes_max = std::uint64_t{10} << 30U;
    Duration ttl = std::chrono::hours(30 * 24);
    Sync sync = Sync::group;
};

}  // namespace prelabel::journal
