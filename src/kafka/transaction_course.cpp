#include "kafka/transaction_course.hpp"

namespace prelabel::kafka {
namespace {

bool was_fenced(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR__FENCED:
        case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
        case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
            return true;
        default:
            return false;
    }
}

/// The request may still be on its way.
bool may_arrive(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE ||
           code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT;
}

bool needs_a_person(TransactionStep step, rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
        case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
            return true;
        case RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE:
            // Without the map, what is done above the position would be published again.
            return step == TransactionStep::send_offsets;
        default:
            return false;
    }
}

}  // namespace

bool is_a_twin(const TransactionFailure& failure, const TransactionFacts& facts) {
    return was_fenced(failure.code) && facts.age < facts.timeout;
}

TransactionCourse course_after(TransactionStep step, const TransactionFailure& failure, const TransactionFacts& facts) {
    if (needs_a_person(step, failure.code)) return TransactionCourse::give_up;
    if (step == TransactionStep::init) return failure.retriable ? TransactionCourse::again : TransactionCourse::rebuild;
    if (is_a_twin(failure, facts)) return TransactionCourse::give_up;
    if (failure.retriable && !facts.out_of_time) return TransactionCourse::again;
    // The commit may have been sent, or not, or still arrive: also where the client says that it can be aborted.
    if (step == TransactionStep::commit) return TransactionCourse::read_back;
    if (step == TransactionStep::send_offsets && may_arrive(failure.code)) return TransactionCourse::rebuild;
    if (failure.abortable && step != TransactionStep::abort) return TransactionCourse::abort;
    return TransactionCourse::rebuild;
}

}  // namespace prelabel::kafka
