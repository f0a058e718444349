#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/base/secret.hpp>
#include <prelabel/journal/disk.hpp>
#include <prelabel/journal/settings.hpp>
#include <prelabel/journal/stats.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/pipeline/answer_key.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace prelabel::journal {

/// Paid answers on disk: found again after a restart, whatever ended the process.
///
///   put    ▸ one write(2) into the newest segment; `Sync` says what else before it returns
///   find   ▸ index in memory ▸ one read of the frame ▸ its checksum and its whole key ▸ answer, or none
///   forget ▸ a frame that says so
///
/// A disk that fails costs the journal and nothing else: answers go on without it, it says so once, tries again every
/// `retry_after`, and says once that it works again.
/// Bound:    `bytes_max` of files: the oldest segments are removed first; answers older than `ttl` are not given, and
///           are removed within an eighth of it. Memory: 18 to 43 bytes an answer, for `answers_max` at most 128 MiB,
///           twice that while the table is rebuilt; 16 bytes for each answer of the newest segment (a sixteenth of the
///           journal, 128 MiB at most). Open files: SegmentLog's.
/// Lifetime: outlives its coroutines; the loop is not run once it is destroyed, which flushes what `Sync` promises.
/// Threads:  confined to the loop; one thread of its own flushes, unless Sync::none.
/// Cost:     bench/journal/journal_bench: some microseconds for put and find of 500 bytes.
class Journal {
public:
    static constexpr std::size_t answers_max = 6'000'000;
    static constexpr Duration retry_after = std::chrono::seconds(5);
    /// At Sync::group, after the first answer that is not flushed.
    static constexpr Duration flush_after = std::chrono::milliseconds(100);
    static constexpr std::uint64_t flush_after_answers = 100;

    /// It stopped working, or works again.
    struct News {
        bool works = false;
        std::string what;
    };
    struct Ports {
        std::unique_ptr<Disk> disk;
        async::Executor loop;
        async::Clock& clock;
        std::function<void(const News&)> on_news{};  ///< not from inside open()
    };

    /// Reads what is there. Errors: a folder that cannot be read, or has lost its secret.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const Settings& settings, Ports ports);
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    /// Keys are made with it, in this process and the next ones.
    [[nodiscard]] const Secret& secret() const;
    [[nodiscard]] std::optional<llm::Completion> find(const pipeline::AnswerKey& key);
    [[nodiscard]] async::Coroutine<> put(pipeline::AnswerKey key, llm::Completion completion);
    /// No answer is given to this key until another is put.
    void forget(const pipeline::AnswerKey& key);

    [[nodiscard]] const Stats& stats() const;

private:
    class Impl;
    explicit Journal(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::journal
