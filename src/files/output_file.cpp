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

Result<std::unique_ptr<OutputFile>> OutputFile::open(const std::string& path, bool append) {
    ::signal(SIGPIPE, SIG_IGN);
    const int descriptor = path == "-" ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                       : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const auto bad = [&path](const std::string& what) { return Error{Fault::config, path + ": " + what}; };
    if (descriptor < 0) return bad("cannot be written: " + std::system_category().message(errno));
    std::unique_ptr<OutputFile> file(new OutputFile(path, descriptor));
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) return bad("cannot be written: " + std::system_category().message(errno));
    // Standard output may be a file that a shell redirected; then its content and position are the shell's business.
    file->regular_ = S_ISREG(about.st_mode) && path != "-";
    if (!file->regular_) return file;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return bad("another process is writing to it");
    if (about.st_size > 0 && !append) return bad("exists already; resume it (--resume), or name another file");
    file->size_ = static_cast<std::uint64_t>(about.st_size);
    return file;
}

OutputFile::~OutputFile() { ::close(descriptor_); }

Error OutputFile::failed(int code) {
    const std::string reason = std::system_category().message(code);
    // A line that was written in part would be glued to the next attempt.
    if (regular_ && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0)
        return {Fault::dependency,
                path_ + ": writing failed: " + reason + ", and so did removing what was written in part"};
    return {Fault::dependency, path_ + ": writing failed: " + reason};
}

pipeline::Task<Result<>> OutputFile::append(std::shared_ptr<const std::string> lines) {
    std::string_view rest = *lines;
    while (!rest.empty()) {
        // A pipe that poll() calls writable takes PIPE_BUF bytes without blocking.
        if (!regular_) co_await wait_until_writable();
        const auto count =
            ::write(descriptor_, rest.data(), regular_ ? rest.size() : std::min<std::size_t>(rest.size(), PIPE_BUF));
        if (count < 0 && errno != EINTR && errno != EAGAIN) co_return failed(errno);
        if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    }
    size_ += lines->size();
    co_return Result<>();
}

pipeline::Task<> OutputFile::wait_until_writable() {
    pollfd ask{descriptor_, POLLOUT, 0};
    if (::poll(&ask, 1, 0) != 0) co_return;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::posix::basic_stream_descriptor<pipeline::Executor> descriptor(executor);
    descriptor.assign(::dup(descriptor_));
    boost::system::error_code ignored;  // write() tells more
    auto token = boost::asio::redirect_error(pipeline::use_task, ignored);
    co_await descriptor.async_wait(descriptor.wait_write, std::move(token));
}

Result<> OutputFile::sync() {
    if (regular_ && ::fdatasync(descriptor_) != 0)
        return Error{Fault::dependency, path_ + ": flushing failed: " + std::system_category().message(errno)};
    return {};
}

}  // namespace prelabel::files
