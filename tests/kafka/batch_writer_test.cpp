// Batches of records for two topics, and reading a topic from end to end.
// With transactions on a real broker: dlq_test.py.
#include "fixture.hpp"

#include <prelabel/kafka/batch_writer.hpp>
#include <prelabel/kafka/topic_scan.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class BatchWriterTest : public KafkaTest {
protected:
    [[nodiscard]] OutputSettings settings() const {
        OutputSettings made;
        made.brokers = cluster.brokers();
        made.topic = "out";
        made.dead_letter_topic = "dead";
        return made;
    }
    [[nodiscard]] std::vector<std::string> values(const std::string& topic, std::size_t at_most = 100) const {
        std::vector<std::string> found;
        const auto read =
            scan_topic({cluster.brokers(), topic, {}, "input.kafka", "reader"}, [&](const Record& record) {
                found.push_back(record.value.value_or("null"));
                return found.size() < at_most;
            });
        EXPECT_TRUE(read);
        return found;
    }
};

TEST_F(BatchWriterTest, WritesEachToItsTopic) {
    auto writer = BatchWriter::create(settings());
    ASSERT_TRUE(writer);
    pipeline::Output mark = output("key", "");
    mark.kind = pipeline::OutputKind::dead_letter;
    ASSERT_TRUE((*writer)->write({output("key", "a"), mark, output("other", "b")}));
    ASSERT_TRUE((*writer)->write({output("key", "c")}));
    EXPECT_THAT(values("out"), UnorderedElementsAre("a", "b", "c"));
    EXPECT_THAT(values("dead"), ElementsAre(""));
    EXPECT_EQ(values("out", 1).size(), 1U) << "whoever reads may end it";
}

TEST_F(BatchWriterTest, SaysWhyARecordWasRefused) {
    auto writer = BatchWriter::create(settings());
    ASSERT_TRUE(writer);
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
    const auto written = (*writer)->write({output("key", "a")});
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message, HasSubstr("a record could not be written"));
}

TEST_F(BatchWriterTest, RefusesATransactionWhereNoneIsKept) {
    auto made = settings();
    made.transactional_id = "group.redrive";
    const auto writer = BatchWriter::create(made);
    ASSERT_FALSE(writer);
    EXPECT_THAT(writer.error().message, HasSubstr("at_least_once"));
}

TEST_F(BatchWriterTest, ATopicThatIsMissingIsNamed) {
    const auto read =
        scan_topic({cluster.brokers(), "nowhere", {}, "input.kafka", "reader"}, [](const Record&) { return true; });
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("topic nowhere is missing"));
}

}  // namespace
}  // namespace prelabel::kafka::test
