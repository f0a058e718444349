#include <prelabel/journal/system_disk.hpp>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

namespace prelabel::journal {
namespace {

constexpr const char* lock_name = "lock";
constexpr ::mode_t for_the_owner = 0600;  // answers quote documents

std::string reason(int code) { return std::system_category().message(code); }

Error failed(const std::string& path, const char* what, int code) {
    return {Fault::dependency, path + ": " + what + " failed: " + reason(code)};
}

Error unusable(const std::string& folder, const std::string& why) {
    return {Fault::config, "journal.path " + folder + ": " + why};
}

class SystemFile final : public DiskFile {
public:
    SystemFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    ~SystemFile() override { ::close(descriptor_); }

    Result<std::uint64_t> size() override {
        struct stat about {};
        if (::fstat(descriptor_, &about) != 0) return failed(path_, "reading", errno);
        return static_cast<std::uint64_t>(about.st_size);
    }
    Result<> append(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto count = ::write(descriptor_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return failed(path_, "writing", count < 0 ? errno : EIO);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return {};
    }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
        std::size_t there = 0;
        while (there < into.size()) {
            const auto count =
                ::pread(descriptor_, into.data() + there, into.size() - there, static_cast<off_t>(offset + there));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return failed(path_, "reading", errno);
            if (count == 0) break;
            there += static_cast<std::size_t>(count);
        }
        return there;
    }
    Result<> cut(std::uint64_t size) override {
        if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return failed(path_, "cutting", errno);
        return {};
    }
    Result<> flush() override {
        if (::fdatasync(descriptor_) != 0) return failed(path_, "flushing", errno);
        return {};
    }

private:
    std::string path_;
    int descriptor_;
};

/// Who has the lock; empty if nobody says.
std::string holder(int descriptor) {
    std::string text(20, '\0');
    const auto count = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    while (!text.empty() && (text.back() < '0' || text.back() > '9')) text.pop_back();
    return text;
}

}  // namespace

Result<std::unique_ptr<SystemDisk>> SystemDisk::lock(const std::string& folder) {
    ::signal(SIGXFSZ, SIG_IGN);  // `ulimit -f`: a full disk like any other
    std::error_code code;
    const bool made = std::filesystem::create_directories(folder, code);
    if (code) return unusable(folder, "the folder cannot be made: " + code.message());
    if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, code);
    const std::string path = folder + "/" + lock_name;
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, for_the_owner);
    if (descriptor < 0) return unusable(folder, "the folder cannot be written to: " + reason(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const std::string by = holder(descriptor);
        ::close(descriptor);
        return unusable(folder, "another process" + (by.empty() ? "" : " (" + by + ")") +
                                    " keeps its answers there; give each worker a folder of its own");
    }
    std::unique_ptr<SystemDisk> disk(new SystemDisk(folder, descriptor));
    // For people only: a full disk has no room for it, and the lock holds without.
    const std::string number = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) == 0) (void)!::pwrite(descriptor, number.data(), number.size(), 0);
    return disk;
}

Result<> SystemDisk::check(const std::string& folder) {
    std::filesystem::path there = folder;
    std::error_code code;
    while (!std::filesystem::exists(there, code)) {
        const auto above = there.parent_path();
        there = above.empty() ? std::filesystem::path(".") : above;
    }
    if (!std::filesystem::is_directory(there, code)) return unusable(folder, there.string() + " is no folder");
    if (::access(there.c_str(), W_OK | X_OK) != 0)
        return unusable(folder, there.string() + " cannot be written to: " + reason(errno));
    return {};
}

SystemDisk::~SystemDisk() { ::close(lock_); }

Result<std::vector<std::string>> SystemDisk::files() {
    std::vector<std::string> names;
    std::error_code code;
    std::filesystem::directory_iterator at(folder_, code);
    for (; !code && at != std::filesystem::directory_iterator(); at.increment(code))
        names.push_back(at->path().filename().string());
    if (code) return Error{Fault::dependency, folder_ + ": reading failed: " + code.message()};
    return names;
}

Result<std::unique_ptr<DiskFile>> SystemDisk::opened(const std::string& file, int flags) const {
    const std::string path = folder_ + "/" + file;
    const int descriptor = ::open(path.c_str(), flags | O_RDWR | O_APPEND | O_CLOEXEC, for_the_owner);
    if (descriptor < 0) return failed(path, "opening", errno);
    return std::unique_ptr<DiskFile>(std::make_unique<SystemFile>(path, descriptor));
}

Result<std::unique_ptr<DiskFile>> SystemDisk::open(const std::string& file) { return opened(file, 0); }
Result<std::unique_ptr<DiskFile>> SystemDisk::make(const std::string& file) { return opened(file, O_CREAT | O_EXCL); }

Result<> SystemDisk::replace(const std::string& file, std::string_view bytes) {
    const std::string path = folder_ + "/" + file;
    const std::string fresh = path + ".new";
    const int descriptor = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, for_the_owner);
    if (descriptor < 0) return failed(fresh, "opening", errno);
    Result<> written;
    {
        SystemFile to(fresh, descriptor);
        written = to.append(bytes);
    }
    if (written && ::rename(fresh.c_str(), path.c_str()) != 0) written = failed(path, "replacing", errno);
    if (!written) ::unlink(fresh.c_str());
    return written;
}

Result<> SystemDisk::remove(const std::string& file) {
    const std::string path = folder_ + "/" + file;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(path, "removing", errno);
    return {};
}

Result<> SystemDisk::flush() {
    const int descriptor = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failed(folder_, "opening", errno);
    const int code = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    if (code != 0) return failed(folder_, "flushing", code);
    return {};
}

}  // namespace prelabel::journal
