#pragma once

#include <prelabel/base/secret.hpp>
#include <prelabel/journal/disk.hpp>

#include <string_view>

namespace prelabel::journal {

inline constexpr std::string_view secret_file = "secret";

/// The secret of a journal: keys and frames are made with it. It stands twice in its file, each time with a checksum.
/// Made with the journal, from the system's randomness.
/// Errors: Fault::config if it is gone or damaged and the folder holds answers, which nobody can find without it.
[[nodiscard]] Result<Secret> read_or_make_secret(Disk& disk);

}  // namespace prelabel::journal
