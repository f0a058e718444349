#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/offload.hpp>
#include <prelabel/async/signal.hpp>
#include <prelabel/async/task_group.hpp>
#include <prelabel/files/input_order.hpp>
#include <prelabel/files/seen_ids.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

class OutputFile;
struct LineRange;

/// How long an output waits for outputs with earlier inputs.
/// Bound: the first limit that is reached. Then the waiting outputs are written, and the missing one follows when it is
/// there. After reading was stopped, no output waits.
struct ReorderWindow {
    std::size_t documents = 256;
    std::size_t bytes = 8U << 20;
    Duration wait = std::chrono::seconds(5);
};

/// What an outbox reports while it works. After `lost` no more output is written.
struct OutboxNews {
    std::function<void(const Error&)> stuck;  ///< a write failed and will be retried; at each failure
    std::function<void()> works_again;
    std::function<void(const Error&)> lost;        ///< no output can be written any more; once
    std::function<void(const Origin&)> written{};  ///< a document's output is in its file
    std::function<void(const Origin&)> same_id{};  ///< a document has the id of an earlier one (SeenIds); once
};

/// Writes annotations as lines to one file and dead letters to another, nearly in the order in which their inputs were
/// read. The `source` of an output has its place in the input, so the written outputs show what is done:
/// no commit is needed.
///
/// publish() completes when the line is in the file, which survives kill -9 of this process. A power cut may lose lines
/// that the system has not flushed; a resumed run makes them again. close() flushes to the disk.
/// The outbox retries a failed write once a second; meanwhile all outputs wait, which slows reading.
/// Bound:   the reorder window; while writing fails, the pipeline's own.
/// Threads: confined to the loop; it awaits a slow reader of a pipe; a slow disk blocks, except in the final flush.
/// Errors:  Fault::cancelled after the files are lost, or if close() could not write the waiting outputs.
class FileOutbox final : public pipeline::Outbox {
public:
    /// Opened and locked.
    struct Files {
        std::unique_ptr<OutputFile> output;
        std::unique_ptr<OutputFile> dead_letters;
    };
    /// `remember` makes durable how far inputs were read, before the first output for records that were read since.
    FileOutbox(async::Executor executor, async::Clock& clock, Files files, InputOrder& order,
               std::function<Result<>()> remember, OutboxNews news, ReorderWindow window = {});
    ~FileOutbox() override;

    [[nodiscard]] bool fits(const pipeline::Output&) const override { return true; }
    [[nodiscard]] async::Coroutine<Result<>> publish(pipeline::Output output) override;
    [[nodiscard]] async::Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint deadline) override;
    /// Writes all waiting outputs, even if earlier ones are missing. It does not wait for long: a full disk gets one
    /// more try, a slow reader gets a few seconds.
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline) override;

    /// After close(): all that was written survives a power cut too.
    [[nodiscard]] bool flushed() const { return flushed_; }
    /// Takes lines out of the dead-letter file, after close(). Errors: as OutputFile::remove().
    [[nodiscard]] Result<> remove_dead_letters(const std::vector<LineRange>& lines);

    /// `out.jsonl` → `out.dead_letters.jsonl`; for standard output a file in the working directory.
    [[nodiscard]] static std::string dead_letters_beside(const std::string& output);

private:
    struct Waiting {
        pipeline::OutputKind kind;
        Origin origin;
        std::string line;
        async::Signal<Result<>> written;
    };
    struct Batch {
        std::vector<Waiting*> outputs;
        pipeline::OutputKind kind = pipeline::OutputKind::annotation;
        std::uint64_t last_place = 0;
        std::shared_ptr<const std::string> lines;
    };

    [[nodiscard]] bool ready() const;
    /// For outputs that are missing.
    [[nodiscard]] bool waits_no_more() const;
    /// Starts writing the outputs that are ready, unless a write is under way.
    void start_writing();
    [[nodiscard]] async::Coroutine<> write_ready();
    /// The next outputs of one kind that are ready, up to a bound of bytes.
    [[nodiscard]] Batch take_ready();
    /// Tries until it works, or no retry can help, or the outbox is closing.
    [[nodiscard]] async::Coroutine<Result<>> write_batch(const Batch* batch);
    [[nodiscard]] async::Coroutine<Result<>> try_to_write(const Batch* batch);
    [[nodiscard]] async::Coroutine<> wait_to_retry();
    void lose(const Error& error);
    void wake();

    async::Clock& clock_;
    Files files_;
    InputOrder& order_;
    std::function<Result<>()> remember_;
    OutboxNews news_;
    ReorderWindow window_;
    std::map<std::uint64_t, Waiting*> waiting_;  ///< by place; each lives in its publish()
    std::size_t waiting_bytes_ = 0;
    std::uint64_t next_ = 0;        ///< no output waits for places below it
    std::uint64_t remembered_ = 0;  ///< `remember` has covered the places below it
    bool overdue_ = false;          ///< the waiting outputs have waited long enough
    bool writing_ = false;
    bool stuck_ = false;
    bool closing_ = false;
    bool lost_ = false;
    bool flushed_ = false;
    std::optional<SeenIds> ids_{std::in_place};    ///< until two were the same
    async::Signal<async::Done>* woken_ = nullptr;  ///< of a wait to retry
    async::Timer due_;
    async::Offload disk_;
    async::TaskGroup writer_;
};

}  // namespace prelabel::files
