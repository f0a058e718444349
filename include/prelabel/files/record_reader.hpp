#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/files/file_format.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace prelabel::files {

/// Header of a record that could not be read as its format demands: why, without document text. Its value is what was
/// read, which is no JSON object, so that it ends as a dead letter while its neighbours go on.
inline constexpr const char* problem_header = "prelabel.input.problem";

/// Reads a file's documents as records, in order.
///
/// Of JSONL the value is the line, byte for byte. Otherwise it is `{"id","text"}`, where the id is `file name:line`
/// (for CoNLL an `# id = …` line goes first); of CSV all columns, with such an id where there is no column of this
/// name. Origin: the path as given is the topic, partition 0; the offset counts documents from 0.
///
/// Bound: memory of one record of `record_bytes_max`; of a longer one only the beginning is kept and its rest skipped.
/// Threads: reading blocks; on disk by the page, on a pipe until somebody writes (ask `would_block` first).
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
    [[nodiscard]] bool would_block() const;
    /// To wait on when next() would block.
    [[nodiscard]] int descriptor() const;
    [[nodiscard]] std::uint64_t bytes_read() const;
    /// 0 where unknown (pipes).
    [[nodiscard]] std::uint64_t size() const;

    class Documents;  ///< one implementation for each format

private:
    explicit RecordReader(std::string path, std::unique_ptr<Documents> documents);

    std::string path_;
    std::unique_ptr<Documents> documents_;
    Offset next_ = 0;
};

}  // namespace prelabel::files
