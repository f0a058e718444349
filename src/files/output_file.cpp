#include "files/output_file.hpp"

#include "files/write_all.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
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
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (code == ENOENT && !folder.empty() && !std::filesystem::exists(folder, ignored))
        return {Fault::config,
                path + ": cannot be written: there is no folder " + folder.string() + "; create it first"};
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

/// Closed at the end, unless it is taken.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int take() { return std::exchange(number_, -1); }

private:
    int number_;
};

/// The system's code, or 0.
int copy_range(int from, int to, LineRange range) {
    std::vector<char> chunk(1U << 20);
    while (range.begin < range.end) {
        const auto wanted = std::min<std::uint64_t>(chunk.size(), range.end - range.begin);
        const auto count = ::pread(from, chunk.data(), wanted, static_cast<off_t>(range.begin));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count < 0 ? errno : EIO;
        const int code = write_all(to, {chunk.data(), static_cast<std::size_t>(count)});
        if (code != 0) return code;
        range.begin += static_cast<std::uint64_t>(count);
    }
    return 0;
}

struct Copy {
    int descriptor = -1;
    FileIdentity identity;
    std::uint64_t size = 0;
};

/// A file of these ranges of `file` in its place at `path`, open for appending and locked.
Result<Copy> copied(const std::string& path, const FileIdentity& file, const std::vector<LineRange>& ranges) {
    const auto failed = [&path](int code) {
        return Error{Fault::dependency, path + ": cannot be written anew: " + std::system_category().message(code)};
    };
    const Descriptor from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (from.get() < 0 || ::fstat(from.get(), &about) != 0) return failed(errno);
    if (!same_file(identity_of(about), file)) return Error{Fault::dependency, path + ": was replaced meanwhile"};
    const std::string fresh = path + ".prelabel.new";
    Descriptor to(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (to.get() < 0) return failed(errno);
    const auto gave_up = [&](int code) {
        ::unlink(fresh.c_str());
        return failed(code);
    };
    // Whoever waits for this file finds it locked under its name too.
    if (::fchmod(to.get(), about.st_mode & 07777U) != 0 || ::flock(to.get(), LOCK_EX | LOCK_NB) != 0)
        return gave_up(errno);
    Copy copy;
    for (const auto& range : ranges) {
        if (const int code = copy_range(from.get(), to.get(), range); code != 0) return gave_up(code);
        copy.size += range.end - range.begin;
    }
    if (::fsync(to.get()) != 0 || ::fstat(to.get(), &about) != 0) return gave_up(errno);
    copy.identity = identity_of(about);
    if (::rename(fresh.c_str(), path.c_str()) != 0) return gave_up(errno);
    copy.descriptor = to.take();
    return copy;
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
    // `>&-`: what stands there since main() cannot be written to.
    if ((static_cast<unsigned>(::fcntl(descriptor, F_GETFL)) & O_ACCMODE) == O_RDONLY)
        return Error{Fault::config, file->name() + ": is closed; name a file (-o)"};
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

Result<> OutputFile::remove(const std::vector<LineRange>& lines) {
    const std::string path = canonical_path(path_);  // the file, not a link to it
    std::vector<LineRange> kept;
    std::uint64_t at = 0;
    for (const auto& line : lines) {
        if (line.begin > at) kept.push_back({at, line.begin});
        at = line.end;
    }
    if (at < size_) kept.push_back({at, size_});
    if (kept.empty()) {
        if (::unlink(path.c_str()) != 0)
            return Error{Fault::dependency, path + ": cannot be removed: " + std::system_category().message(errno)};
        size_ = 0;
        made_ = false;
        return {};
    }
    auto copy = copied(path, identity_, kept);
    if (!copy) return copy.error();
    ::close(std::exchange(descriptor_, copy->descriptor));
    identity_ = copy->identity;
    size_ = copy->size;
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
