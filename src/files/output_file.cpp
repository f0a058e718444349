#include "files/output_file.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <sys/file.h>
#include <sys/stat.h>

namespace prelabel::files {
namespace {

Error cannot_open(const std::string& path, int code) {
    return {Fault::config, path + ": cannot be written: " + std::system_category().message(code)};
}

/// Who can mend a failed write. A disk may get room again; a reader that left does not come back.
Fault fault_of(int code) {
    switch (code) {
        case EPIPE:
        case ECONNRESET:
            return Fault::cancelled;
        case EBADF:
        case EINVAL:
        case EPERM:
        case EROFS:
        case ENXIO:
            return Fault::config;
        default:
            return Fault::dependency;
    }
}

}  // namespace

Result<std::unique_ptr<OutputFile>> OutputFile::open(const std::string& path) {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);  // `ulimit -f`: a full disk like any other
    constexpr int flags = O_WRONLY | O_APPEND | O_CLOEXEC;
    bool made = false;
    int descriptor = -1;
    if (path == "-") {
        descriptor = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    } else {
        descriptor = ::open(path.c_str(), flags | O_CREAT | O_EXCL, 0644);
        made = descriptor >= 0;
        if (!made && errno == EEXIST) descriptor = ::open(path.c_str(), flags | O_CREAT, 0644);
    }
    if (descriptor < 0) return cannot_open(path, errno);
    std::unique_ptr<OutputFile> file(new OutputFile(path, descriptor, made));
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) return cannot_open(path, errno);
    file->identity_ = identity_of(about);
    file->regular_ = S_ISREG(about.st_mode) && path != "-";
    if (file->regular_) file->size_ = static_cast<std::uint64_t>(about.st_size);
    return file;
}

OutputFile::~OutputFile() {
    // Under the lock alone: without it, somebody else may have opened the file and write to it.
    if (made_ && !keep_ && lock() && size_ == 0) ::unlink(path_.c_str());
    ::close(descriptor_);
}

Result<> OutputFile::lock() {
    if (!regular_) return {};
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        made_ = false;  // it is the other's from now on, to be left empty or not
        return Error{Fault::config, name() + ": another process is writing to it"};
    }
    // Whoever had it may have written between our open and our lock, or have removed it at its end.
    const auto there = identity_of_path(path_);
    if (!there || !same_file(*there, identity_))
        return Error{Fault::config, name() + ": was removed or replaced by another process just now; try again"};
    struct stat about {};
    if (::fstat(descriptor_, &about) != 0) return cannot_open(path_, errno);
    size_ = static_cast<std::uint64_t>(about.st_size);
    return {};
}

Result<> OutputFile::cut(std::uint64_t size) {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
        return Error{Fault::dependency,
                     path_ + ": the torn last line cannot be cut off: " + std::system_category().message(errno)};
    size_ = size;
    return {};
}

Error OutputFile::failed(int code) {
    const std::string reason = std::system_category().message(code);
    // A line that was written in part would be glued to the next attempt.
    if (regular_ && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0)
        return {Fault::config,
                name() + ": writing failed: " + reason + ", and so did removing what was written in part"};
    return {fault_of(code), name() + ": writing failed: " + reason};
}

async::Coroutine<Result<>> OutputFile::append(std::shared_ptr<const std::string> lines) {
    std::string_view rest = *lines;
    rest.remove_prefix(begun_);
    while (!rest.empty()) {
        // A pipe that poll() calls writable takes PIPE_BUF bytes without blocking.
        if (!regular_ && !co_await wait_until_writable())
            co_return Error{Fault::cancelled, name() + ": its reader takes nothing more"};
        const auto count =
            ::write(descriptor_, rest.data(), regular_ ? rest.size() : std::min<std::size_t>(rest.size(), PIPE_BUF));
        if (count < 0 && errno != EINTR && errno != EAGAIN) co_return failed(errno);
        if (count <= 0) continue;
        rest.remove_prefix(static_cast<std::size_t>(count));
        if (!regular_) begun_ += static_cast<std::size_t>(count);
    }
    begun_ = 0;
    size_ += lines->size();
    co_return Result<>();
}

bool OutputFile::writable() const {
    pollfd ask{descriptor_, POLLOUT, 0};
    return ::poll(&ask, 1, 0) != 0;
}

async::Coroutine<bool> OutputFile::wait_until_writable() {
    if (writable()) co_return true;
    if (!waiting_allowed_) co_return false;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::posix::basic_stream_descriptor<async::Executor> descriptor(executor);
    descriptor.assign(::dup(descriptor_));
    cancel_ = [&descriptor] { descriptor.cancel(); };
    boost::system::error_code ignored;  // write() tells more
    auto token = boost::asio::redirect_error(async::use_coroutine, ignored);
    co_await descriptor.async_wait(descriptor.wait_write, std::move(token));
    cancel_ = nullptr;
    co_return waiting_allowed_ || writable();
}

void OutputFile::stop_waiting() {
    waiting_allowed_ = false;
    if (cancel_) cancel_();
}

Result<> OutputFile::sync() {
    if (regular_ && ::fdatasync(descriptor_) != 0)
        return Error{Fault::dependency, path_ + ": flushing failed: " + std::system_category().message(errno)};
    return {};
}

}  // namespace prelabel::files
