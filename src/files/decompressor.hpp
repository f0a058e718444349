#pragma once

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace prelabel::files {

/// Unpacks an archive piece by piece, however much it unpacks to.
/// Bound: the window of its format (gzip 32 KiB, zstd 128 MiB at most), beside what the caller holds.
class Decompressor {
public:
    /// How much of the input was taken, and how much output was made.
    struct Step {
        std::size_t taken = 0;
        std::size_t made = 0;
    };

    Decompressor() = default;
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    virtual ~Decompressor() = default;

    /// Takes input and makes at most `room` bytes; with a step that makes `room` there may be more without input.
    /// Errors: Fault::input with what is wrong with the archive, without its name.
    [[nodiscard]] virtual Result<Step> step(std::string_view in, char* into, std::size_t room) = 0;
    /// Whether the archive may end here.
    [[nodiscard]] virtual bool may_end() const = 0;
    [[nodiscard]] virtual std::string_view format() const = 0;

    /// For what begins with these bytes, at least four if there are as many; null for what is no archive.
    [[nodiscard]] static std::unique_ptr<Decompressor> of(std::string_view beginning);
    /// "gzip" or "zstd" where the file's name says so, else empty.
    [[nodiscard]] static std::string_view format_named(std::string_view path);
};

}  // namespace prelabel::files
