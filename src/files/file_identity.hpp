#pragma once

#include <optional>
#include <string>

#include <sys/stat.h>

namespace prelabel::files {

/// Which file it is, whatever names lead to it: symbolic links, hard links, other spellings of the path.
struct FileIdentity {
    bool shareable = true;  ///< a device: readers and writers do not meet in it
    dev_t device = 0;
    ino_t inode = 0;
};

[[nodiscard]] FileIdentity identity_of(const struct stat& about);
/// None where there is nothing.
[[nodiscard]] std::optional<FileIdentity> identity_of_path(const std::string& path);
/// As identity_of_path(), but of standard input for `-`.
[[nodiscard]] std::optional<FileIdentity> identity_of_input(const std::string& path);
/// Whether what is written to one would be read from, or mixed into, the other.
[[nodiscard]] bool same_file(const FileIdentity& a, const FileIdentity& b);

/// The one name of a regular file. Pipes and what is not there keep the name that was given.
[[nodiscard]] std::string canonical_path(const std::string& path);

}  // namespace prelabel::files
