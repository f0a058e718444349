#pragma once

#include <prelabel/files/input_order.hpp>
#include <prelabel/pipeline/signal.hpp>
#include <prelabel/pipeline/sink.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prelabel::files {

class OutputFile;

/// Where outputs go. `-` is standard output.
struct OutputPaths {
    std::string output;
    std::string dead_letters;  ///< made when the first one comes
    bool resume = false;       ///< append to what is there (after finished_records()); otherwise that is an error
};

/// Writes outputs in the order in which their inputs were read: annotations as lines to one file, dead letters to
/// another.
///
/// A write completes when the line is in the file, which survives kill -9 of this process; a power cut may take what
/// the system has not flushed, and a resumed run makes it again. close() flushes to the disk.
/// Bound: an output waits until all before it are written, so the pipeline's window bounds what is held.
/// Threads: confined to the loop; a slow reader of a pipe is awaited, a slow disk blocks.
/// Errors: Fault::dependency when writing fails; nothing of the line is left in the file, and it can be written again.
class FileSink final : public pipeline::Sink {
public:
    /// Errors: Fault::config when the output cannot be opened, or holds something and is not to be resumed.
    [[nodiscard]] static Result<std::unique_ptr<FileSink>> open(OutputPaths paths, InputOrder& order);
    ~FileSink() override;

    [[nodiscard]] pipeline::Task<Result<>> write(pipeline::Output output) override;
    /// Outputs that still wait for one that never came are written behind the others.
    [[nodiscard]] pipeline::Task<> close() override;

    /// `out.jsonl` → `out.dead_letters.jsonl`; for standard output a file in the working directory.
    [[nodiscard]] static std::string dead_letters_beside(const std::string& output);

private:
    struct Waiting {
        pipeline::OutputKind kind;
        Origin origin;
        std::string line;
        pipeline::Signal<Result<>> written;
    };

    FileSink(OutputPaths paths, InputOrder& order, std::unique_ptr<OutputFile> output);

    [[nodiscard]] bool ready() const;
    /// Writes what is ready, in order, until a write fails. One at a time.
    [[nodiscard]] pipeline::Task<> drain();
    /// Takes the next outputs of one kind that are ready, up to a bound of bytes.
    [[nodiscard]] std::vector<Waiting*> take_ready(std::string& lines);
    [[nodiscard]] pipeline::Task<Result<>> append(pipeline::OutputKind kind, std::shared_ptr<const std::string> lines);

    OutputPaths paths_;
    InputOrder& order_;
    std::unique_ptr<OutputFile> output_;
    std::unique_ptr<OutputFile> dead_letters_;
    std::map<std::uint64_t, Waiting*> waiting_;  ///< by place; each lives in its write()
    std::uint64_t next_ = 0;                     ///< the first place that is not written
    bool draining_ = false;
    bool closing_ = false;
    pipeline::Signal<pipeline::Done>* drained_ = nullptr;  ///< of a waiting close()
};

}  // namespace prelabel::files
