#include "files/byte_source.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

namespace prelabel::files {
namespace {

Error cannot_open(const std::string& path, int code) {
    return {Fault::config, path + ": cannot be read: " + std::system_category().message(code)};
}

}  // namespace

Result<ByteSource> ByteSource::open(const std::string& path) {
    // A named pipe is opened without waiting for its writer; reading waits for it.
    const int descriptor = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                       : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return cannot_open(path, errno);
    ByteSource source(path, descriptor);
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) return cannot_open(path, errno);
    if (S_ISDIR(about.st_mode)) return Error{Fault::config, path + ": is a directory; name the files in it"};
    source.regular_ = S_ISREG(about.st_mode);
    if (source.regular_) source.size_ = static_cast<std::uint64_t>(about.st_size);
    return source;
}

ByteSource::ByteSource(ByteSource&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      regular_(other.regular_) {}

ByteSource& ByteSource::operator=(ByteSource&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    std::swap(regular_, other.regular_);
    return *this;
}

ByteSource::~ByteSource() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::size_t> ByteSource::read(char* into, std::size_t room) {
    while (true) {
        pollfd wait{descriptor_, POLLIN, 0};
        if (!regular_) ::poll(&wait, 1, -1);  // a named pipe nobody writes to yet would read as its end
        const auto count = ::read(descriptor_, into, room);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN)
            return Error{Fault::dependency, path_ + ": reading failed: " + std::system_category().message(errno)};
    }
}

bool ByteSource::would_block() const {
    if (regular_) return false;
    pollfd ask{descriptor_, POLLIN, 0};
    return ::poll(&ask, 1, 0) == 0;
}

}  // namespace prelabel::files
