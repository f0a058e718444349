#pragma once

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace prelabel::files {

/// An open input: a file, a pipe or standard input (`-`). Reads block.
/// Lifetime: owns its descriptor.
class ByteSource {
public:
    /// Errors: Fault::config for what is not there, not readable or a directory.
    [[nodiscard]] static Result<ByteSource> open(const std::string& path);

    ByteSource(ByteSource&& other) noexcept;
    ByteSource& operator=(ByteSource&& other) noexcept;
    ~ByteSource();

    /// Bytes read, 0 at the end. Errors: Fault::dependency.
    [[nodiscard]] Result<std::size_t> read(char* into, std::size_t room);
    /// Whether read() would wait for somebody to write.
    [[nodiscard]] bool would_block() const;
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// 0 where unknown (pipes).
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    ByteSource(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

    std::string path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    bool regular_ = false;
};

}  // namespace prelabel::files
