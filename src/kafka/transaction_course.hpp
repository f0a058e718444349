#pragma once

#include <prelabel/base/time.hpp>

#include <string>

#include <librdkafka/rdkafka.h>

namespace prelabel::kafka {

/// What is asked of the broker for one transaction, in this order; `abort` instead of what is left.
enum class TransactionStep { init, begin, send_offsets, commit, abort };

/// What the client said of a step that failed. Neither retriable nor abortable: this client is of no more use.
struct TransactionFailure {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    bool retriable = false;
    bool abortable = false;
    std::string said{};
};

/// What is known besides.
struct TransactionFacts {
    Duration age{};            ///< since the transaction began
    Duration timeout{};        ///< after which the broker ends it by itself, and shuts its producer out
    bool out_of_time = false;  ///< whoever waits for this has no more time
};

/// What follows a step that failed.
enum class TransactionCourse {
    again,      ///< the same step
    abort,      ///< nothing of it is there; what is still wanted goes into the next
    rebuild,    ///< likewise, with a new client: its init ends what the old one has left
    read_back,  ///< rebuild, and then ask the group whether it was committed
    give_up,    ///< no try helps: the settings, the permissions or the broker have to change
};

[[nodiscard]] TransactionCourse course_after(TransactionStep step, const TransactionFailure& failure,
                                             const TransactionFacts& facts);

/// A request of this step that arrives when the next transaction is open would change that one: its EndTxn would commit
/// or abort it, its TxnOffsetCommit would take offsets back. Only the producer's epoch tells the two apart.
[[nodiscard]] constexpr bool changes_the_broker(TransactionStep step) {
    return step != TransactionStep::init && step != TransactionStep::begin;
}

/// Another producer uses the transactional id: only then is one shut out that was not late itself.
[[nodiscard]] bool is_a_twin(const TransactionFailure& failure, const TransactionFacts& facts);

}  // namespace prelabel::kafka
