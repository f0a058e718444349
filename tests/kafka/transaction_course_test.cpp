#include "kafka/transaction_course.hpp"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::kafka {
namespace {

using std::chrono::seconds;
using Course = TransactionCourse;
using Step = TransactionStep;

constexpr TransactionFailure retriable{RD_KAFKA_RESP_ERR__TIMED_OUT, true, false};
constexpr TransactionFailure abortable{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, false, true};
constexpr TransactionFailure unflagged{RD_KAFKA_RESP_ERR__INCONSISTENT, false, false};
constexpr TransactionFailure fenced{RD_KAFKA_RESP_ERR__FENCED, false, false};
constexpr TransactionFacts in_time{seconds(1), seconds(15), false};
constexpr TransactionFacts too_late{seconds(1), seconds(15), true};
constexpr TransactionFacts old{seconds(16), seconds(15), false};

struct Case {
    std::string_view what;
    Step step;
    TransactionFailure failure;
    TransactionFacts facts;
    Course course;
};

TEST(TransactionCourse, FollowsFromTheStepTheFailureAndTheTime) {
    const std::vector<Case> cases{
        {"brokers that are away are waited for", Step::init, retriable, in_time, Course::again},
        {"however long", Step::init, retriable, too_late, Course::again},
        {"a client that cannot begin is replaced", Step::init, unflagged, in_time, Course::rebuild},
        {"also when another one began at the same moment", Step::init, fenced, in_time, Course::rebuild},
        {"offsets are tried again", Step::send_offsets, retriable, in_time, Course::again},
        {"but not for ever", Step::send_offsets, retriable, too_late, Course::rebuild},
        {"a member of the past commits nothing", Step::send_offsets, abortable, in_time, Course::abort},
        {"offsets that may arrive later must find their producer shut out",
         Step::send_offsets,
         {RD_KAFKA_RESP_ERR__TIMED_OUT, false, true},
         in_time,
         Course::rebuild},
        {"what is not flagged is for good", Step::send_offsets, unflagged, in_time, Course::rebuild},
        {"a commit without an answer is asked for again", Step::commit, retriable, in_time, Course::again},
        {"and then read back", Step::commit, retriable, too_late, Course::read_back},
        {"a commit that failed may have been sent", Step::commit, abortable, in_time, Course::read_back},
        {"however it failed", Step::commit, unflagged, in_time, Course::read_back},
        {"an abort that cannot be aborted", Step::abort, abortable, in_time, Course::rebuild},
        {"an abort without an answer", Step::abort, retriable, too_late, Course::rebuild},
        {"a twin", Step::send_offsets, fenced, in_time, Course::give_up},
        {"a twin while committing", Step::commit, fenced, in_time, Course::give_up},
        {"who was late itself was shut out by the broker", Step::commit, fenced, old, Course::read_back},
        {"and has nothing left to abort", Step::abort, fenced, old, Course::rebuild},
    };
    for (const auto& each : cases)
        EXPECT_EQ(course_after(each.step, each.failure, each.facts), each.course) << each.what;
}

TEST(TransactionCourse, EndsWhereOnlyAPersonCanHelp) {
    for (const auto code :
         {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
          RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT})
        EXPECT_EQ(course_after(Step::init, {code, false, false}, in_time), Course::give_up) << rd_kafka_err2str(code);
    const TransactionFailure no_map{RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE, false, true};
    EXPECT_EQ(course_after(Step::send_offsets, no_map, in_time), Course::give_up);
}

TEST(TransactionCourse, KnowsATwinFromOnesOwnDelay) {
    EXPECT_TRUE(is_a_twin(fenced, in_time));
    EXPECT_FALSE(is_a_twin(fenced, old));
    EXPECT_FALSE(is_a_twin(abortable, in_time));
}

}  // namespace
}  // namespace prelabel::kafka
