#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/files/ahead.hpp>
#include <prelabel/files/file_format.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace prelabel::files {

/// How far an input was read, and what it held up to there: what was appended since does not change it.
struct ReadMark {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  ///< up to the end of the last of these records
    std::string digest;
};

/// Reads a file's documents as records, in order.
///
/// Of JSONL the value is the line, byte for byte. Otherwise it is `{"id","text"}`, where the id is `file name:line`
/// (for CoNLL an `# id = …` line goes first); of CSV all columns, with such an id where there is no column of this
/// name. Origin: the path as given is the topic, partition 0; the offset counts documents from 0.
/// A record that is not as its format demands, or too long, has a header that says so (base/reader_finding.hpp), so
/// that it ends as a dead letter while its neighbours go on.
///
/// Bound: memory of one record of `record_bytes_max`; of a longer one only the beginning is kept and its rest skipped.
/// Threads: next() blocks; on disk by the page, on a pipe until somebody has written a whole record. look_ahead() does
///          not.
/// Errors: Fault::config for what is not there, Fault::input for a CSV without a usable header, Fault::dependency for a
///         disk that fails.
class RecordReader {
public:
    static constexpr std::size_t record_bytes_default = 16U << 20;

    [[nodiscard]] static Result<RecordReader> open(const std::string& path, FileFormat format,
                                                   std::size_t record_bytes_max = record_bytes_default);
    RecordReader(RecordReader&&) noexcept;
    RecordReader& operator=(RecordReader&&) noexcept;
    ~RecordReader();

    /// None at the end.
    [[nodiscard]] Result<std::optional<Record>> next();
    /// Takes in what is there, without waiting, until next() has something to give: then it is `ready`.
    [[nodiscard]] Ahead look_ahead();
    /// To wait on when next() would wait.
    [[nodiscard]] int descriptor() const;
    /// Of the records that next() gave.
    [[nodiscard]] const ReadMark& mark() const;
    [[nodiscard]] std::uint64_t bytes_read() const;
    /// 0 where unknown (pipes).
    [[nodiscard]] std::uint64_t size() const;

private:
    struct State;
    explicit RecordReader(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace prelabel::files
