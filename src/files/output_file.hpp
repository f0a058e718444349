#pragma once

#include "files/file_identity.hpp"

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace prelabel::files {

/// Where a line stands in its file, its newline included. Unit: bytes.
struct LineRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    friend bool operator==(const LineRange&, const LineRange&) = default;
};

/// A file (or `-`, standard output) that lines are appended to.
/// Lifetime: owns its descriptor and, for a file, the lock that keeps a second process from writing to it. A file that
///           it made and that is still empty at the end goes with it, unless it is to be kept or another process has
///           the lock.
class OutputFile {
public:
    /// Makes the file where there is none; changes nothing in one that is there. SIGPIPE and SIGXFSZ are ignored by the
    /// process from then on, so that a reader who left and a limit that is reached are errors and not the end.
    /// Errors: Fault::config when it cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<OutputFile>> open(const std::string& path);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    /// Errors: Fault::config when another process writes to it, or when the path leads to another file by now.
    [[nodiscard]] Result<> lock();
    /// Takes off all behind `size`. Errors: Fault::dependency.
    [[nodiscard]] Result<> cut(std::uint64_t size);
    /// Takes out whole lines, which stand in order: the rest is written to a new file, flushed, and takes this one's
    /// name. After kill -9 at any moment the name leads to a file with these lines or without them, and with all
    /// others. A file without any other line is removed.
    /// Errors: Fault::dependency; then it is as it was.
    [[nodiscard]] Result<> remove(const std::vector<LineRange>& lines);
    void keep_when_empty() { keep_ = true; }

    /// Writes all of `lines` or, to a file, none of it. Waits without blocking the loop for a pipe whose reader is
    /// slow. To a pipe, an append after a failed one has to bring the same lines, and goes on in them.
    /// Errors: Fault::dependency when trying again may help (disk full); Fault::cancelled when the reader has left or
    ///         stop_waiting() was called; Fault::config for what will never work.
    [[nodiscard]] async::Coroutine<Result<>> append(std::shared_ptr<const std::string> lines);
    /// No append waits for a slow reader any more.
    void stop_waiting();
    /// Makes a file's content survive a power cut. Errors: Fault::dependency.
    [[nodiscard]] Result<> sync();

    [[nodiscard]] const std::string& path() const { return path_; }
    /// For messages.
    [[nodiscard]] std::string name() const { return path_ == "-" ? "standard output" : path_; }
    /// A regular file that was named; standard output is the shell's business even where it goes to a file.
    [[nodiscard]] bool regular() const { return regular_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const FileIdentity& identity() const { return identity_; }

private:
    OutputFile(std::string path, int descriptor, bool made)
        : path_(std::move(path)), descriptor_(descriptor), made_(made) {}
    [[nodiscard]] bool writable() const;
    /// False when nobody may be waited for any more.
    [[nodiscard]] async::Coroutine<bool> wait_until_writable();
    [[nodiscard]] Error failed(int code);

    std::string path_;
    int descriptor_;
    bool made_;  ///< by us: there was none, and nobody else took it
    bool keep_ = false;
    FileIdentity identity_;
    bool regular_ = false;
    std::uint64_t size_ = 0;        ///< of whole lines
    std::size_t begun_ = 0;         ///< bytes of unfinished lines that are in a pipe already
    bool waiting_allowed_ = true;   ///< for a slow reader
    std::function<void()> cancel_;  ///< the wait under way
};

}  // namespace prelabel::files
