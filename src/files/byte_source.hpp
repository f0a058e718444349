#pragma once

#include "files/decompressor.hpp"

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace prelabel::files {

/// An open input: a file, a pipe or standard input (`-`). What gzip or zstd has packed is unpacked, whatever its name.
/// Reads block.
/// Bound:    64 KiB of packed bytes, and the Decompressor's window.
/// Lifetime: owns its descriptor.
class ByteSource {
public:
    /// Errors: Fault::config for what is not there, not readable or a directory.
    [[nodiscard]] static Result<ByteSource> open(const std::string& path);
    /// A file of ours: its bytes as they are.
    [[nodiscard]] static Result<ByteSource> open_as_it_is(const std::string& path);
    /// What a program makes of a file, as it is. At the end of it `at_end` says whether it is all.
    [[nodiscard]] static ByteSource of_program(const std::string& path, std::uint64_t size, int output,
                                               std::function<Result<>()> at_end);

    ByteSource(ByteSource&& other) noexcept;
    ByteSource& operator=(ByteSource&& other) noexcept;
    ~ByteSource();

    /// Bytes read. 0 at the end, and for a pipe also where what has come so far unpacks to nothing yet.
    /// Errors: Fault::dependency; Fault::input for an archive that is damaged or cut off, and for UTF-16.
    [[nodiscard]] Result<std::size_t> read(char* into, std::size_t room);
    /// The same, behind what is in the buffer: 64 KiB at most.
    [[nodiscard]] Result<> append_to(std::string& buffer);
    [[nodiscard]] bool ended() const { return ended_; }
    /// Whether read() would wait for somebody to write.
    [[nodiscard]] bool would_block() const;
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// 0 where unknown (pipes).
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Of the file, as `size` counts: packed.
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    /// Whether it unpacks; known with the first bytes.
    [[nodiscard]] bool packed() const { return archive_ != nullptr; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    ByteSource(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

    [[nodiscard]] Result<std::size_t> read_file(char* into, std::size_t room);
    /// Takes in packed bytes, or the first ones of any file.
    [[nodiscard]] Result<> fill();
    /// Decides by its first bytes what the file is.
    [[nodiscard]] Result<> look_at_beginning();
    [[nodiscard]] Result<std::size_t> give_beginning(char* into, std::size_t room);
    [[nodiscard]] Result<std::size_t> unpack(char* into, std::size_t room);
    [[nodiscard]] Result<> expect_utf8(std::string_view beginning) const;
    [[nodiscard]] Error wrong(const std::string& what) const;

    std::string path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t bytes_read_ = 0;
    bool regular_ = false;
    bool file_ended_ = false;
    bool ended_ = false;
    bool known_ = false;           ///< whether it is packed
    bool looked_at_text_ = false;  ///< of what is packed
    bool more_ = false;            ///< may come out of what was taken in
    std::string held_;             ///< read and not yet given; of a plain file only its beginning
    std::size_t at_ = 0;           ///< in it
    std::unique_ptr<Decompressor> archive_;
    std::function<Result<>()> at_end_;
};

}  // namespace prelabel::files
