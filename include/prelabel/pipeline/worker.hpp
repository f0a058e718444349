#pragma once

#include <prelabel/async/task_group.hpp>
#include <prelabel/pipeline/answer_service.hpp>
#include <prelabel/pipeline/committer.hpp>
#include <prelabel/pipeline/labeling_job.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>
#include <prelabel/pipeline/output_watch.hpp>
#include <prelabel/pipeline/publisher.hpp>
#include <prelabel/pipeline/source.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// Source ▸ window ▸ one LabelingJob a document ▸ outbox ▸ watermark ▸ commit.
///
/// Bounds: documents and bytes in memory, and the window of each partition, are settings; what does not fit is not
///         read.
/// Threads: confined to the loop.
class Worker {
public:
    /// Who is asked, and on which terms.
    struct Provider {
        Model& port;
        llm::ModelSettings model;
        llm::Price price;
    };
    struct Ports {
        Source& source;
        Outbox& outbox;
        Provider provider;
        AnswerStore& store;
        async::Clock& clock;
    };

    /// The ports outlive the worker. `seed` feeds the retries' jitter and hides the answers' keys.
    Worker(async::Executor executor, std::shared_ptr<const LabelingPlan> plan, Settings settings, Ports ports,
           EventListener on_event, std::uint64_t seed);

    /// Runs until the source ends or stop(). Then drains, commits and closes the ports.
    /// Errors: what made the source fail for good, or why it gave up; what was finished by then is committed.
    [[nodiscard]] async::Coroutine<Result<>> run();
    /// Reads no more and sends no more calls: documents that wait for one are given up. Calls under way, and the
    /// outputs of what is answered, get at most `drain_timeout` from now, also after the source has ended.
    void stop();
    /// Ends the drain that a stop began, but for a moment in which answers that have just come reach the outbox.
    void stop_at_once();
    /// Ends as stop() does, and run() fails for this reason, the first that was given.
    void give_up(const std::string& reason);
    /// Sends no calls before `until`: what they buy could not be written.
    void hold_calls_until(TimePoint until) { endpoint_.admission().hold_for_output_until(until); }
    /// Documents that are read from now on are labeled by this plan; those under way keep theirs.
    void use(std::shared_ptr<const LabelingPlan> plan);
    /// Other limits for all calls from now on.
    void limit(const Limits& limits) { endpoint_.admission().limit(limits); }

    /// As of now, with what calls have waited until now.
    [[nodiscard]] const Stats& stats() {
        endpoint_.admission().account();
        return stats_;
    }
    /// How long ago the oldest record without a durable outcome was written, of each partition that has such a record.
    [[nodiscard]] std::map<Partition, Duration> watermark_ages() const;
    /// Why the model was not waited for any longer (Settings::give_up); none when it was not given up.
    [[nodiscard]] const std::optional<std::string>& gave_up_because() const { return gave_up_because_; }

private:
    /// Records read beyond a partition's window, at most.
    static constexpr std::size_t witnesses_max = 16;

    using Owned = std::shared_ptr<OwnPartition>;
    /// A record whose job runs, as far as its end needs it.
    struct Taken {
        Offset offset;
        std::int64_t timestamp_ms;
        std::size_t bytes;
        TimePoint read_at;
    };
    struct Drain {
        Drain() : out_of_time([this] { end(); }) {}
        void end() {
            if (!over.is_set()) over.set({});
        }
        std::vector<Owned> leaving;
        TimePoint deadline = TimePoint::max();
        async::Signal<async::Done> over;
        async::Timer out_of_time;
    };

    [[nodiscard]] Room room() const;
    void assign(const Assigned& assigned);
    void start_jobs(Batch batch);
    void count(const Lost& lost);
    /// False when the record has no room in its window yet.
    [[nodiscard]] bool start(const Owned& own, Record& record);
    void start_held(const Owned& own);
    void reach_end(OwnPartition& own);
    void enter(OwnPartition& own, std::size_t bytes);
    void leave(OwnPartition& own, std::size_t bytes);
    /// No call is begun any more for these partitions, and what of them is held is somebody else's to read.
    void let_go(const std::vector<Owned>& leaving);
    /// Reads and sends no more. Calls under way get at most `drain_timeout`; outputs are waited for.
    void stop_calling();
    [[nodiscard]] async::Coroutine<> run_job(Record record, Owned own);
    void finished(const Owned& own, const Taken& taken, bool durable);
    /// How long ago by the wall clock; not before now.
    [[nodiscard]] Duration since(std::int64_t timestamp_ms) const;
    /// The record's place needs no more work: it leaves the window and may be committed.
    void settle(const Owned& own, Offset offset);
    void leave_window(OwnPartition& own, std::size_t records);
    [[nodiscard]] async::Coroutine<> revoke(Revoked revoked);
    /// Ends the drain when none of its partitions has a document in flight any more.
    void end_drain_when_idle();
    /// Whether none of these has one. Takes those away that have none, since they get no more.
    [[nodiscard]] bool idle(std::vector<Owned>& leaving) const;
    /// Waits until they are idle, or until `deadline`.
    [[nodiscard]] async::Coroutine<> drain(std::vector<Owned> leaving, TimePoint deadline);
    [[nodiscard]] async::Coroutine<> shut_down();
    /// Whatever drains is over by then.
    void end_by(TimePoint deadline);
    void limit(Drain& drain, TimePoint deadline);
    [[nodiscard]] std::vector<Owned> all() const;
    void consider_giving_up(const Event& event);
    /// While calls are stopped: a partition that is full behind documents that fail is read a little further, since
    /// only a new document shows whether it is they or the endpoint.
    void read_witnesses();

    std::shared_ptr<const LabelingPlan> plan_;
    Settings settings_;
    Ports ports_;
    EventListener on_event_;
    Stats stats_;
    Endpoint endpoint_;
    AnswerService answers_;
    Publisher publisher_;
    OutputWatch outputs_;
    async::TaskGroup jobs_;
    OwnPartitions own_;
    Committer committer_;
    async::Timer give_up_timer_;
    async::Timer witness_timer_;
    async::Timer call_timer_;
    std::optional<std::string> gave_up_because_;
    bool starved_ = false;  // the source was told there is no room
    TimePoint end_by_ = TimePoint::max();
    Drain* drain_ = nullptr;  // the one under way
};

}  // namespace prelabel::pipeline
