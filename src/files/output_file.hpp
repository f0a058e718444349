#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/pipeline/task.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace prelabel::files {

/// A file (or `-`, standard output) that lines are appended to.
/// Lifetime: owns its descriptor and, for a file, the lock that keeps a second process from writing to it.
class OutputFile {
public:
    /// Errors: Fault::config when it cannot be opened, another process has it, or it holds something and `append` is
    /// false. SIGPIPE is ignored by the process from then on, so that a reader who left is an error and not the end.
    [[nodiscard]] static Result<std::unique_ptr<OutputFile>> open(const std::string& path, bool append);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    /// Writes all of `lines` or, to a file, none of it. Waits without blocking the loop for a pipe whose reader is
    /// slow.
    /// Errors: Fault::dependency (disk full, reader gone).
    [[nodiscard]] pipeline::Task<Result<>> append(std::shared_ptr<const std::string> lines);
    /// Makes a file's content survive a power cut. Errors: Fault::dependency.
    [[nodiscard]] Result<> sync();

private:
    OutputFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    [[nodiscard]] pipeline::Task<> wait_until_writable();
    [[nodiscard]] Error failed(int code);

    std::string path_;
    int descriptor_;
    bool regular_ = false;
    std::uint64_t size_ = 0;  ///< of whole lines
};

}  // namespace prelabel::files
