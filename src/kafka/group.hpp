#pragma once

#include "kafka/handles.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/async/signal.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/pipeline/outbox.hpp>
#include <prelabel/pipeline/source.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::kafka {

/// Positions for a commit, with their maps as metadata or without.
[[nodiscard]] PartitionListPtr list_of(const std::vector<pipeline::Progress>& progress, bool with_maps);

/// What a consumer's group keeps of its partitions: a source reads by it, an outbox commits to it.
///
/// Bound: one commit at a time.   Threads: confined to the loop.
class Group {
public:
    Group(rd_kafka_t* client, std::string name, async::Clock& clock);
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group();

    /// The member: a transaction names it.
    [[nodiscard]] rd_kafka_t* client() const { return client_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    /// Replies come to this queue from now on; whoever serves it hands them to take().
    void reply_to(rd_kafka_queue_t* queue) { queue_ = queue; }

    /// Errors: Fault::dependency, at the latest at `deadline`.
    [[nodiscard]] async::Coroutine<Result<>> commit(std::vector<pipeline::Progress> progress, TimePoint deadline);
    /// A reply to a commit.
    void take(rd_kafka_event_t* event);
    /// Of a commit that was answered.
    std::function<void(const std::vector<pipeline::Progress>&)> on_committed;
    std::function<void(std::string)> on_trouble;

    /// A transaction has committed it.
    void note_committed(const std::vector<pipeline::Progress>& progress);

    /// Asks what is committed, by whomever. The answer is an event of its own, with the number of the question.
    void ask_committed(const std::vector<Partition>& partitions, std::uintptr_t question) const;
    /// The same through any client: that of a transaction, too. With `stable`, a partition is not told while a
    /// transaction that may commit more of it is open.
    static void ask_committed(rd_kafka_t* client, const std::string& group, const std::vector<Partition>& partitions,
                              bool stable, std::uintptr_t question, rd_kafka_queue_t* reply_to);
    /// Whether open transactions are waited for.
    bool stable = false;
    struct Answer {
        std::uintptr_t question = 0;
        std::vector<pipeline::AssignedPartition> partitions;  ///< only those of which something is committed
        bool complete = false;                                ///< all that was asked for was told
    };
    [[nodiscard]] static Answer answer_of(rd_kafka_event_t* event);

    [[nodiscard]] std::uint64_t commits() const { return commits_; }
    [[nodiscard]] std::uint64_t failed_commits() const { return failed_; }

private:
    struct Commit {
        async::Signal<Result<>> reply;
    };

    rd_kafka_t* client_;
    std::string name_;
    async::Clock& clock_;
    rd_kafka_queue_t* queue_ = nullptr;
    async::Timer bound_;
    std::uintptr_t number_ = 0;
    std::uint64_t commits_ = 0;
    std::uint64_t failed_ = 0;
    bool maps_refused_ = false;
    // Last, so that a coroutine still waiting at destruction is destroyed while all else is there.
    std::optional<Commit> commit_;
};

}  // namespace prelabel::kafka
