#pragma once

#include "fake_loop.hpp"
#include "fakes_job.hpp"
#include "gate.hpp"

#include <prelabel/pipeline/worker.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {

/// Hands out what the test feeds, within room and credit, and keeps what was asked of it.
class FakeSource final : public Source {
public:
    explicit FakeSource(FakeLoop& loop) : loop_(loop) {}

    Gate releasing;
    std::vector<Room> rooms;                   // one a next()
    std::map<Partition, std::size_t> granted;  // since the start
    std::vector<std::pair<Partition, TimePoint>> released;
    bool closed = false;

    void tell(SourceEvent event) {
        events_.push_back(std::move(event));
        wake();
    }
    void feed(Record record) {
        log_.push_back(std::move(record));
        wake();
    }

    [[nodiscard]] async::Coroutine<Result<SourceEvent>> next(Room room) override {
        in_time();
        rooms.push_back(room);
        for (;;) {
            if (stopped_) co_return Error{Fault::cancelled, "stopped"};
            if (failed_) co_return *failed_;
            if (!events_.empty()) {
                SourceEvent event = std::move(events_.front());
                events_.pop_front();
                if (const auto* assigned = std::get_if<Assigned>(&event)) {
                    for (const auto& one : assigned->partitions) credit_[one.partition] = 0;
                }
                co_return event;
            }
            Batch batch;
            read(room, batch);
            if (!batch.records.empty() || std::exchange(nudged_, false)) co_return SourceEvent(std::move(batch));
            async::Signal<async::Done> news;
            news_ = &news;
            co_await news.wait();
            news_ = nullptr;
        }
    }
    void nudge() override {
        in_time();
        nudged_ = true;
        wake();
    }
    void grant(const Partition& partition, std::size_t records) override {
        in_time();
        granted[partition] += records;
        const auto credit = credit_.find(partition);
        if (credit != credit_.end()) credit->second += records;
        wake();
    }
    [[nodiscard]] async::Coroutine<> release(std::vector<Partition> partitions) override {
        in_time();
        co_await releasing.pass();
        for (const auto& partition : partitions) {
            credit_.erase(partition);
            released.emplace_back(partition, loop_.now());
        }
    }
    void stop() override {
        stopped_ = true;
        wake();
    }
    void fail(Error error = {Fault::dependency, "the client is broken"}) {
        failed_ = std::move(error);
        wake();
    }
    [[nodiscard]] async::Coroutine<> close(TimePoint) override {
        in_time();
        closed = true;
        co_return;
    }

private:
    void in_time() const { EXPECT_FALSE(closed) << "a closed source was asked for something"; }
    void wake() {
        if (news_ && !news_->is_set()) news_->set({});
    }
    void read(Room room, Batch& batch) {
        std::size_t bytes = 0;
        for (auto record = log_.begin(); record != log_.end();) {
            if (batch.records.size() >= room.records || bytes >= room.bytes) return;
            const auto credit = credit_.find(record->origin.partition);
            if (credit == credit_.end() || credit->second == 0) {
                ++record;
                continue;
            }
            --credit->second;
            bytes += record->bytes();
            batch.records.push_back(std::move(*record));
            record = log_.erase(record);
        }
    }

    FakeLoop& loop_;
    std::deque<SourceEvent> events_;
    std::deque<Record> log_;
    std::map<Partition, std::size_t> credit_;
    async::Signal<async::Done>* news_ = nullptr;
    bool nudged_ = false;
    bool stopped_ = false;
    std::optional<Error> failed_;
};

/// Answers every call with an empty list, as soon as its gate lets it; refuses what `refuses` says.
class GatedModel final : public Model {
public:
    Gate answering;
    std::size_t calls = 0;
    std::function<bool(const std::string& body)> refuses;
    llm::ReplyClass refuses_as = llm::ReplyClass::rejected;
    bool refuses_at_once = false;  // through a gate that is shut

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(Body body, TimePoint) override {
        ++calls;
        const bool answered = (refuses_at_once && refuses(*body)) || co_await answering.pass();
        if (!answered) co_return llm::CallFailure{};
        if (refuses && refuses(*body)) {
            llm::CallFailure failure;
            failure.reply = refuses_as;
            failure.message = "HTTP 4xx";
            co_return failure;
        }
        llm::Completion completion;
        completion.content = R"({"entities":[]})";
        co_return completion;
    }
    void abort() override { answering.turn_away(); }
};

/// Everything is durable as soon as its gate lets it; closing gives up what is under way.
class GatedOutbox final : public Outbox {
public:
    explicit GatedOutbox(const FakeSource& source) : source_(source) {}

    Gate writing;
    Gate writing_slow;  // for those that are slow
    std::function<bool(const Output&)> is_slow;
    Gate committing;
    int commits_that_fail = 0;
    std::vector<Output> written;
    std::vector<std::vector<Progress>> asked;  // commits, also those that failed
    std::map<Partition, Offset> committed;     // what the broker has
    std::map<Partition, std::string> maps;     // and with it

    [[nodiscard]] bool fits(const Output&) const override { return true; }
    [[nodiscard]] async::Coroutine<Result<>> publish(Output output) override {
        Gate& gate = is_slow && is_slow(output) ? writing_slow : writing;
        const bool written_now = co_await gate.pass();
        if (!written_now) co_return Error{Fault::cancelled, "the outbox is closed"};
        written.push_back(std::move(output));
        co_return Result<>();
    }
    [[nodiscard]] async::Coroutine<Result<>> commit(AskProgress ask, TimePoint) override {
        EXPECT_FALSE(source_.closed) << "the group is left";
        const std::vector<Progress> progress = ask({});
        if (progress.empty()) co_return Result<>();
        EXPECT_FALSE(std::exchange(under_way_, true)) << "two commits at once";
        asked.push_back(progress);
        co_await committing.pass();
        under_way_ = false;
        if (commits_that_fail > 0) {
            --commits_that_fail;
            co_return Error{Fault::dependency, "the coordinator is away"};
        }
        for (const auto& one : progress) {
            committed[one.partition] = one.next;
            maps[one.partition] = one.done_above;
        }
        co_return Result<>();
    }
    [[nodiscard]] async::Coroutine<> close(TimePoint) override {
        writing.turn_away();
        writing_slow.turn_away();
        co_return;
    }

private:
    const FakeSource& source_;
    bool under_way_ = false;
};

/// A Worker between fakes, in virtual time. Change `settings` before start().
class WorkerWorld {
public:
    WorkerWorld() : plan_(make_plan()), source(loop), outbox(source) {
        settings.commit_interval = std::chrono::milliseconds(100);
        settings.drain_timeout = std::chrono::seconds(10);
    }

    void start() {
        worker_ = std::make_unique<Worker>(
            loop.executor(), plan_, settings,
            Worker::Ports{source, other_outbox ? *other_outbox : outbox, {model, {}, {}}, store, loop.clock()},
            [this](const Event& event) { events.push_back(event); }, 1);
        outcome_ = loop.start(worker_->run());
    }
    Worker& worker() { return *worker_; }
    [[nodiscard]] bool ended() const { return outcome_->has_value(); }
    [[nodiscard]] const Result<>& outcome() const { return **outcome_; }

    void assign(std::vector<Partition> partitions) {
        Assigned assigned;
        for (auto& partition : partitions) assigned.partitions.push_back({std::move(partition)});
        assign(std::move(assigned));
    }
    void assign(Assigned assigned) {
        source.tell(std::move(assigned));
        loop.settle();
    }
    void revoke(std::vector<Partition> partitions, bool lost = false) {
        source.tell(Revoked{std::move(partitions), lost});
        loop.settle();
    }
    void feed(const Partition& partition, Offset offset) {
        Record record;
        record.origin = {partition, offset, 0};
        record.value = R"({"text":"text )" + std::to_string(partition.number) + "/" + std::to_string(offset) + "\"}";
        source.feed(std::move(record));
        loop.settle();
    }
    /// Asks the worker to end, and says how long that took.
    Duration stop() {
        const TimePoint asked = loop.now();
        worker_->stop();
        loop.settle();
        while (!ended() && loop.clock().jump()) loop.settle();
        EXPECT_TRUE(ended());
        return loop.now() - asked;
    }
    template <class T>
    [[nodiscard]] std::size_t count() const {
        std::size_t found = 0;
        for (const auto& event : events) found += std::holds_alternative<T>(event) ? 1U : 0U;
        return found;
    }

    FakeLoop loop;

private:
    /// These tests open gates one by one: no call waits for the answer to the first.
    static Settings all_at_once() {
        Settings settings;
        settings.first_call_alone = {};
        return settings;
    }
    static std::shared_ptr<const LabelingPlan> make_plan() {
        LabelingPlan::Settings settings;
        settings.task = people_and_places();
        settings.model.model = "m";
        auto plan = LabelingPlan::make(std::move(settings));
        expects(plan.has_value(), "the task is valid");
        return std::move(*plan);
    }

    std::shared_ptr<const LabelingPlan> plan_;

public:
    Settings settings = all_at_once();
    FakeSource source;
    GatedOutbox outbox;
    Outbox* other_outbox = nullptr;  // in place of the gated one
    GatedModel model;
    SmallStore store;
    std::vector<Event> events;

private:
    std::unique_ptr<Worker> worker_;
    std::shared_ptr<std::optional<Result<>>> outcome_;
};

inline const Partition zero{"raw", 0};
inline const Partition one{"raw", 1};

}  // namespace prelabel::pipeline
