#include "files/byte_source.hpp"

#include <prelabel/base/encoding.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

namespace prelabel::files {
namespace {

constexpr std::size_t chunk_bytes = 64U << 10;
constexpr std::size_t beginning_bytes = 4;

std::string shown(const std::string& path) { return path == "-" ? "standard input" : path; }

Error cannot_open(const std::string& path, int code) {
    return {Fault::config, path + ": cannot be read: " + std::system_category().message(code)};
}

/// Behind what is in the buffer, what `read` puts into a chunk.
template <class Read>
Result<> append_chunk(std::string& buffer, const Read& read) {
    const auto before = buffer.size();
    buffer.resize(before + chunk_bytes);
    const Result<std::size_t> count = read(buffer.data() + before);
    buffer.resize(before + (count ? *count : 0));
    if (!count) return count.error();
    return {};
}

}  // namespace

Result<ByteSource> ByteSource::open(const std::string& path) {
    // A named pipe is opened without waiting for its writer; reading waits for it.
    const int descriptor = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                       : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return cannot_open(shown(path), errno);
    ByteSource source(path, descriptor);
    // `<&-`: what stands there since main() cannot be read.
    if ((static_cast<unsigned>(::fcntl(descriptor, F_GETFL)) & O_ACCMODE) == O_WRONLY)
        return Error{Fault::config, shown(path) + ": is closed; name a file, or pipe documents into it"};
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) return cannot_open(shown(path), errno);
    if (S_ISDIR(about.st_mode)) return Error{Fault::config, path + ": is a directory; name the files in it"};
    source.regular_ = S_ISREG(about.st_mode);
    if (source.regular_) source.size_ = static_cast<std::uint64_t>(about.st_size);
    return source;
}

Result<ByteSource> ByteSource::open_as_it_is(const std::string& path) {
    auto source = open(path);
    if (source) source->known_ = true;
    return source;
}

ByteSource ByteSource::of_program(const std::string& path, std::uint64_t size, int output,
                                  std::function<Result<>()> at_end) {
    ByteSource source(path, output);
    source.size_ = size;
    source.known_ = true;
    source.at_end_ = std::move(at_end);
    return source;
}

ByteSource::ByteSource(ByteSource&& other) noexcept { *this = std::move(other); }

ByteSource& ByteSource::operator=(ByteSource&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    std::swap(bytes_read_, other.bytes_read_);
    std::swap(regular_, other.regular_);
    std::swap(file_ended_, other.file_ended_);
    std::swap(ended_, other.ended_);
    std::swap(known_, other.known_);
    std::swap(looked_at_text_, other.looked_at_text_);
    std::swap(more_, other.more_);
    std::swap(held_, other.held_);
    std::swap(at_, other.at_);
    std::swap(archive_, other.archive_);
    std::swap(at_end_, other.at_end_);
    return *this;
}

ByteSource::~ByteSource() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Error ByteSource::wrong(const std::string& what) const { return {Fault::input, shown(path_) + ": " + what}; }

Result<std::size_t> ByteSource::read(char* into, std::size_t room) {
    // A regular file goes on until there is something to give. A pipe is asked once, for the sake of who waits for it.
    do {
        if (!known_) {
            if (const auto filled = fill(); !filled) return filled.error();
            if (const auto looked = look_at_beginning(); !looked) return looked.error();
        } else if (archive_) {
            const auto made = unpack(into, room);
            if (!made || *made > 0 || ended_) return made;
        } else if (at_ < held_.size()) {
            return give_beginning(into, room);
        } else {
            const auto count = file_ended_ ? Result<std::size_t>(0) : read_file(into, room);
            ended_ = file_ended_;
            return count;
        }
    } while (regular_ || (known_ && !would_block()));
    return std::size_t{0};
}

Result<> ByteSource::append_to(std::string& buffer) {
    return append_chunk(buffer, [this](char* into) { return read(into, chunk_bytes); });
}

Result<std::size_t> ByteSource::read_file(char* into, std::size_t room) {
    while (true) {
        pollfd wait{descriptor_, POLLIN, 0};
        if (!regular_) ::poll(&wait, 1, -1);  // a named pipe nobody writes to yet would read as its end
        const auto count = ::read(descriptor_, into, room);
        if (count >= 0) {
            file_ended_ = count == 0;
            if (const auto all = file_ended_ && at_end_ ? at_end_() : Result<>(); !all) {
                file_ended_ = false;  // so that who has only looked ahead is told, too
                return all.error();
            }
            bytes_read_ += static_cast<std::uint64_t>(count);
            return static_cast<std::size_t>(count);
        }
        if (errno != EINTR && errno != EAGAIN)
            return Error{Fault::dependency,
                         shown(path_) + ": reading failed: " + std::system_category().message(errno)};
    }
}

Result<> ByteSource::fill() {
    held_.erase(0, at_);
    at_ = 0;
    return append_chunk(held_, [this](char* into) { return read_file(into, chunk_bytes); });
}

Result<> ByteSource::look_at_beginning() {
    if (held_.size() < beginning_bytes && !file_ended_) return {};
    known_ = true;
    archive_ = Decompressor::of(held_);
    const auto named = Decompressor::format_named(path_);
    if (!archive_ && !named.empty())
        return wrong("is no " + std::string(named) + " archive, though its name says so" +
                     (held_.empty() ? "; it is empty" : ""));
    return archive_ ? Result<>() : expect_utf8(held_);
}

Result<std::size_t> ByteSource::give_beginning(char* into, std::size_t room) {
    const auto count = std::min(room, held_.size() - at_);
    std::memcpy(into, held_.data() + at_, count);
    at_ += count;
    if (at_ == held_.size()) {
        held_ = {};
        at_ = 0;
    }
    return count;
}

Result<std::size_t> ByteSource::unpack(char* into, std::size_t room) {
    if (at_ == held_.size() && !more_ && !file_ended_)
        if (const auto filled = fill(); !filled) return filled.error();
    if (at_ == held_.size() && !more_ && file_ended_) {
        if (!archive_->may_end())
            return wrong("ends in the middle of its " + std::string(archive_->format()) + " archive; was it cut off?");
        ended_ = true;
        return std::size_t{0};
    }
    const auto step = archive_->step(std::string_view(held_).substr(at_), into, room);
    if (!step) return wrong(step.error().message);
    at_ += step->taken;
    more_ = step->made == room;
    if (step->taken == 0 && step->made == 0 && at_ < held_.size())
        return wrong("is damaged: its " + std::string(archive_->format()) + " archive does not go on");
    if (step->made > 0 && !std::exchange(looked_at_text_, true))
        if (const auto text = expect_utf8({into, step->made}); !text) return text.error();
    return step->made;
}

Result<> ByteSource::expect_utf8(std::string_view beginning) const {
    const auto encoding = wide_encoding(beginning);
    if (!encoding) return {};
    return wrong("is " + std::string(*encoding) + ", not UTF-8; convert it: " + conversion(*encoding, path_));
}

bool ByteSource::would_block() const {
    if (regular_ || file_ended_ || more_ || (known_ && at_ < held_.size())) return false;
    pollfd ask{descriptor_, POLLIN, 0};
    return ::poll(&ask, 1, 0) == 0;
}

}  // namespace prelabel::files
