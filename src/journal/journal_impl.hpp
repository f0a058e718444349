#pragma once

#include "journal/answer_index.hpp"
#include "journal/segment_log.hpp"

#include <prelabel/async/offload.hpp>
#include <prelabel/async/signal.hpp>
#include <prelabel/async/task_group.hpp>
#include <prelabel/journal/journal.hpp>

#include <map>
#include <optional>
#include <vector>

namespace prelabel::journal {

class Journal::Impl {
public:
    Impl(const Settings& settings, Ports ports, Secret secret);
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl();

    [[nodiscard]] Result<> load();
    [[nodiscard]] const Secret& secret() const { return secret_; }
    [[nodiscard]] std::optional<llm::Completion> find(const pipeline::AnswerKey& key);
    [[nodiscard]] async::Coroutine<> put(pipeline::AnswerKey key, llm::Completion completion);
    void forget(const pipeline::AnswerKey& key);
    [[nodiscard]] const Stats& stats();

private:
    /// Whether it is there now.
    [[nodiscard]] bool append(const Frame& frame);
    void learn(std::uint64_t fingerprint, Place place, FrameKind kind);
    void unlearn(std::uint64_t fingerprint);
    void make_room(std::uint64_t bytes);
    void drop_oldest();
    void expire();
    void failed(const Error& error);
    void flush_soon();
    /// Until what is written now is flushed, or flushing failed.
    [[nodiscard]] async::Coroutine<> flush();

    Settings settings_;
    Ports ports_;
    Secret secret_;
    Stats stats_;
    SegmentLog log_;
    AnswerIndex index_;
    std::map<std::uint32_t, std::size_t> answers_;  ///< that are found, by segment
    std::size_t answers_found_ = 0;
    std::optional<TimePoint> retry_at_;  ///< while it fails
    async::Timer expire_timer_;

    std::uint64_t written_ = 0;
    std::uint64_t flushed_ = 0;
    bool flushing_ = false;
    std::vector<async::Signal<async::Done>*> flush_waiters_;
    bool flush_planned_ = false;
    async::Timer flush_timer_;
    async::TaskGroup flushes_;
    std::optional<async::Offload> flusher_;  // the last: its thread uses files of the log
};

}  // namespace prelabel::journal
