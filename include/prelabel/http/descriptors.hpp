#pragma once

#include <prelabel/base/result.hpp>

#include <cstddef>

namespace prelabel::http {

/// Descriptors that are reserved: for the admin port (64 connections), the brokers, files and the log.
inline constexpr std::size_t descriptors_reserved = 192;

/// Raises the soft limit of open files to the hard one (at most a million) and gives the new value.
std::size_t raise_descriptor_limit();
/// The soft limit.
[[nodiscard]] std::size_t descriptor_limit();

/// How many connections to the model fit into a limit of open files; half of a small limit.
[[nodiscard]] constexpr std::size_t connections_within(std::size_t limit) {
    return limit > 2 * descriptors_reserved ? limit - descriptors_reserved : limit / 2;
}

/// Errors: Fault::config if that many calls at once need more descriptors than there are; it says how many fit.
[[nodiscard]] Result<> check_descriptors(std::size_t calls_at_once, std::size_t limit);

}  // namespace prelabel::http
