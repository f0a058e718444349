#pragma once

#include "files/byte_source.hpp"
#include "files/prefix_hash.hpp"

#include <prelabel/files/ahead.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::files {

/// One line of a file. Lifetime: until the next one is read.
struct Line {
    std::string_view text;    ///< without its ending
    std::string_view ending;  ///< "\n", "\r\n", or nothing at the end of the file
    std::uint64_t number = 0;
    bool cut = false;  ///< it was longer than the bound; `text` is its beginning
};

/// Splits a file into lines. A byte order mark at the beginning is dropped.
/// Bound: memory of one line and one chunk; of a line beyond `line_bytes_max` only the beginning is kept.
class LineReader {
public:
    static constexpr std::size_t kept_of_cut_line = 64U << 10;

    LineReader(ByteSource source, std::size_t line_bytes_max);

    /// None at the end. Errors: Fault::dependency.
    [[nodiscard]] Result<std::optional<Line>> next();
    /// Takes in what is there, without waiting, until next() has something to give.
    [[nodiscard]] Ahead look_ahead();
    [[nodiscard]] std::uint64_t bytes_read() const { return source_.bytes_read(); }
    /// Of all lines that next() gave. A last line without newline counts as if it had one, so that a newline which is
    /// appended later changes nothing, and more of the line does.
    [[nodiscard]] const PrefixHash& given() const { return given_; }
    [[nodiscard]] const ByteSource& source() const { return source_; }

private:
    /// Whether the buffer holds a line, or the file has ended. Drops what is too long.
    [[nodiscard]] bool have_line();
    [[nodiscard]] Result<> fill();
    [[nodiscard]] Line line_of(std::string_view raw);

    ByteSource source_;
    std::size_t line_bytes_max_;
    std::string buffer_;
    std::size_t begin_ = 0;    ///< of the line that next() returns
    std::size_t scanned_ = 0;  ///< there is no newline in [begin_, scanned_) but perhaps the last of it
    bool complete_ = false;    ///< [begin_, scanned_) is a line with its newline
    std::string cut_;          ///< beginning of a line that was too long
    bool cutting_ = false;
    bool ended_ = false;
    std::uint64_t number_ = 0;
    PrefixHash given_;
};

}  // namespace prelabel::files
