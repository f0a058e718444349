#pragma once

#include "kafka/transaction_course.hpp"

#include <prelabel/base/record.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>

/// The calls of librdkafka that one transaction takes. Each blocks for at most `bound`: not for the loop.
namespace prelabel::kafka::transaction {

using Outcome = std::optional<TransactionFailure>;  ///< none: it worked
using Bound = std::chrono::milliseconds;

/// A step, again and again while the client says that this may help, and `limit` has not passed.
[[nodiscard]] Outcome insist(std::chrono::milliseconds limit, const std::function<Outcome()>& step);

[[nodiscard]] Outcome init(rd_kafka_t* producer, Bound bound);
[[nodiscard]] Outcome begin(rd_kafka_t* producer);
[[nodiscard]] Outcome commit(rd_kafka_t* producer, Bound bound);
[[nodiscard]] Outcome abort(rd_kafka_t* producer, Bound bound);

/// Who commits: the broker lets nobody but a member of the group's present generation. Null while the consumer is none,
/// since a transaction without a member would be let through unseen.
using MemberPtr = std::shared_ptr<rd_kafka_consumer_group_metadata_t>;
[[nodiscard]] MemberPtr member(rd_kafka_t* consumer);

[[nodiscard]] Outcome send_offsets(rd_kafka_t* producer, const std::vector<pipeline::Progress>& progress,
                                   const MemberPtr& member, Bound bound);

/// Whether the group has what a transaction sent; none while nobody says.
[[nodiscard]] std::optional<bool> read_back(rd_kafka_t* client, const std::string& group,
                                            const std::vector<pipeline::Progress>& sent, Bound bound);

/// Whether this is librdkafka's mock broker: it answers to transactions and keeps none. False when nobody answers.
[[nodiscard]] bool is_a_mock(rd_kafka_t* client, Bound bound);

}  // namespace prelabel::kafka::transaction
