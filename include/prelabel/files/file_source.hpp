#pragma once

#include <prelabel/async/signal.hpp>
#include <prelabel/files/finished_records.hpp>
#include <prelabel/files/input_order.hpp>
#include <prelabel/files/record_reader.hpp>
#include <prelabel/files/selection.hpp>
#include <prelabel/pipeline/source.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace prelabel::files {

class Draw;
struct Drawn;

/// One input file, or `-` for standard input.
struct Input {
    std::string path;
    FileFormat format = FileFormat::jsonl;
    std::string name{};                     ///< its name in records (`source.topic`); empty: the path
    std::optional<ReadMark> read_before{};  ///< how far an earlier run has read
    std::string called{};                   ///< in ids that its reader makes; empty: the file's name
};

/// How far reading has come. `bytes_total` is 0 if an input's size is unknown.
struct ReadProgress {
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_total = 0;
    std::uint64_t records = 0;
    std::uint64_t skipped = 0;  ///< finished in an earlier run
    std::uint64_t wanted = 0;   ///< documents of a selection, or fewer if there are fewer; 0: all
    bool ended = false;         ///< all inputs are read, or the selection's part of them
};

/// Documents from files, one file after the other, then Ended. Each file is a partition: its path and number 0.
///
/// The output says what is done, and `finished` is skipped. The part that an earlier run has read must be unchanged; no
/// record of an input is given before this is known.
///
/// Of a selection's first documents no more is read than them. Random ones are drawn in one pass, so none is given
/// before all inputs are read.
/// Bound:   a batch is at most 256 records, so that other work on the loop gets its turn. The records that wait until
///          their input is known to be unchanged are those that the earlier run had in memory, and those whose dead
///          letters are tried again: of a file at most 32 MiB, beyond which it is read twice. Random ones are held
///          until they are given (Draw).
/// Threads: confined to the loop. Reading a file blocks it for the time of one disk read; waiting for a pipe does not.
/// Errors:  next() gives Fault::config for an input that has changed, and for a draw that is too large to hold.
class FileSource final : public pipeline::Source {
public:
    static constexpr std::size_t held_bytes_default = 32U << 20;

    /// Errors: Fault::config for an input that does not exist or is a directory, and all that can be seen of a file at
    ///         its first record.
    [[nodiscard]] static Result<std::unique_ptr<FileSource>> open(std::vector<Input> inputs, FinishedRecords finished,
                                                                  InputOrder& order, ReadOptions options = {},
                                                                  const Selection& selection = {},
                                                                  std::size_t held_bytes_max = held_bytes_default);
    ~FileSource() override;

    [[nodiscard]] async::Coroutine<Result<pipeline::SourceEvent>> next(pipeline::Room room) override;
    void nudge() override;
    void grant(const Partition& partition, std::size_t records) override;
    [[nodiscard]] async::Coroutine<> release(std::vector<Partition> partitions) override;
    void stop() override;
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline) override;

    [[nodiscard]] ReadProgress progress() const;
    /// How far an input was read; not less than by an earlier run.
    [[nodiscard]] const ReadMark& mark(std::size_t input) const { return files_[input].mark; }
    /// The input that is read; those before it are not read again. Their number once all are read.
    [[nodiscard]] std::size_t reading() const { return current_; }

private:
    struct File {
        Input input;
        std::optional<std::uint64_t> bytes;  ///< none for pipes
        std::size_t credit = 0;
        bool unchanged = false;   ///< up to where the earlier run has read it
        bool read_twice = false;  ///< this time only to see whether it is unchanged
        std::uint64_t skipped = 0;
        std::uint64_t chosen = 0;  ///< of the selection
        ReadMark mark;
    };
    enum class Step { record, blocked, yield, end };

    FileSource(std::vector<File> files, FinishedRecords finished, InputOrder& order, ReadOptions options,
               const Selection& selection, std::size_t held_bytes_max);

    /// Reads the next unfinished records into ahead_, as far as possible without waiting.
    [[nodiscard]] Result<Step> look_ahead();
    /// Reads one record, or the end of a file.
    [[nodiscard]] Result<> read_one();
    /// A record of the current file: it is given, drawn from, or left.
    [[nodiscard]] Result<> choose(File& file, Record record);
    /// The selection has its first documents.
    [[nodiscard]] bool has_first() const { return selection_.first && chosen_ >= *selection_.first; }
    void leave_file();
    void give_drawn();
    [[nodiscard]] static Error changed(const Input& input, const std::string& how);
    [[nodiscard]] bool take(pipeline::Room room, pipeline::Batch& batch, std::size_t& bytes);
    [[nodiscard]] async::Coroutine<> wait_for_wake();  ///< by credit, room or close
    [[nodiscard]] async::Coroutine<> wait_for_bytes();
    void wake();

    std::vector<File> files_;
    std::unordered_map<std::string, std::size_t> by_name_;  ///< in files_; a grant comes for each document
    FinishedRecords finished_;
    InputOrder& order_;
    ReadOptions options_;
    Selection selection_;
    std::unique_ptr<Draw> draw_;  ///< of random documents, until all inputs are read
    std::size_t held_bytes_max_;
    bool assigned_ = false;
    bool stopped_ = false;
    std::size_t current_ = 0;
    std::optional<RecordReader> reader_;
    std::deque<Drawn> ahead_;
    bool nudged_ = false;
    async::Signal<async::Done>* wake_ = nullptr;  ///< of a waiting next()
    std::function<void()> stop_waiting_;          ///< for bytes
    std::uint64_t bytes_of_read_files_ = 0;
    std::uint64_t records_ = 0;
    std::size_t held_bytes_ = 0;  ///< of records that wait until their file is known to be unchanged
    std::uint64_t chosen_ = 0;    ///< documents of the selection so far
};

}  // namespace prelabel::files
