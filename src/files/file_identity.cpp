#include "files/file_identity.hpp"

#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace prelabel::files {

FileIdentity identity_of(const struct stat& about) {
    const bool shareable = !S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode);
    return {shareable, about.st_dev, about.st_ino};
}

std::optional<FileIdentity> identity_of_path(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return std::nullopt;
    return identity_of(about);
}

std::optional<FileIdentity> identity_of_input(const std::string& path) {
    struct stat about {};
    if (path != "-") return identity_of_path(path);
    if (::fstat(STDIN_FILENO, &about) != 0) return std::nullopt;
    return identity_of(about);
}

bool same_file(const FileIdentity& a, const FileIdentity& b) {
    return !a.shareable && !b.shareable && a.device == b.device && a.inode == b.inode;
}

std::string canonical_path(const std::string& path) {
    std::error_code failed;
    if (path == "-" || !std::filesystem::is_regular_file(path, failed)) return path;
    const auto canonical = std::filesystem::canonical(path, failed);
    return failed ? path : canonical.string();
}

}  // namespace prelabel::files
