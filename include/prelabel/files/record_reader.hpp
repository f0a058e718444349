#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/files/ahead.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/files/read_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace prelabel::files {

/// How far an input was read, and its content up to there: appending to the input does not change it.
struct ReadMark {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  ///< up to the end of the last of these records
    std::string digest;
};

/// Reads a file's documents as records, in order.
///
/// In JSONL and JSON the value is the object, byte for byte. Otherwise it is `{"id","text"}` with an id `name:line` (in
/// CoNLL a line `# id = …` takes precedence, and other such comments are members too). In CSV it has all columns, with
/// such an id if no column has this name. Files packed by gzip or zstd are unpacked.
/// A line of a dead-letter file (JSONL) is the document that it is about, as it was.
/// Origin: the path as given is the topic, partition 0; the offset counts documents from 0; a line is where one begins.
/// A record that breaks its format, or is too long, has a header with the reason (base/reader_finding.hpp),
/// and ends as a dead letter while other records continue.
///
/// Bound: memory of one record of `record_bytes_max`; of a longer one only the beginning is kept, the rest is skipped.
/// Threads: next() blocks: on disk for a page, on a pipe until its writer has written a whole record. look_ahead() does
///          not block.
/// Errors: Fault::config for a file that does not exist and a CSV without the column that holds the text; Fault::input
///         for a CSV without a usable header, a damaged archive, UTF-16 and a JSON list that is none;
///         Fault::dependency for a disk that fails.
class RecordReader {
public:
    static constexpr std::size_t record_bytes_default = ReadOptions::record_bytes_default;

    [[nodiscard]] static Result<RecordReader> open(const std::string& path, FileFormat format,
                                                   const ReadOptions& options = {});
    /// Reads up to the first record, which shows most of what is wrong with a whole file, before any is used. A pipe is
    /// not read: its errors come with its first record.
    [[nodiscard]] static Result<> try_out(const std::string& path, FileFormat format, const ReadOptions& options);
    RecordReader(RecordReader&&) noexcept;
    RecordReader& operator=(RecordReader&&) noexcept;
    ~RecordReader();

    /// None at the end.
    [[nodiscard]] Result<std::optional<Record>> next();
    /// Reads available data, without waiting, until next() can give a record: then the result is `ready`.
    [[nodiscard]] Ahead look_ahead();
    /// The descriptor to wait for if next() would wait.
    [[nodiscard]] int descriptor() const;
    /// The mark of the records that next() has given.
    [[nodiscard]] const ReadMark& mark() const;
    /// Up to the end of the last record that next() gave; of an archive, where nobody knows that, what was taken in.
    [[nodiscard]] std::uint64_t bytes_read() const;
    /// 0 if unknown (pipes).
    [[nodiscard]] std::uint64_t size() const;

private:
    struct State;
    explicit RecordReader(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace prelabel::files
