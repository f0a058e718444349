#include <prelabel/base/record.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(Record, HoldsItsValueItsKeyAndItsHeaders) {
    const Record bare;
    EXPECT_GE(bare.bytes(), sizeof(Record));

    Record record;
    record.value = std::string(1'000, 'v');
    EXPECT_GE(record.bytes(), bare.bytes() + 1'000);
    record.key = std::string(2'000, 'k');
    EXPECT_GE(record.bytes(), bare.bytes() + 3'000);
    record.headers = {{std::string(4'000, 'n'), std::string(8'000, 'h')}};
    EXPECT_GE(record.bytes(), bare.bytes() + 15'000);
}

TEST(Record, ManySmallHeadersCostMoreThanTheirText) {
    Record record;
    for (int i = 0; i < 100; ++i) record.headers.push_back({"a", std::nullopt});
    EXPECT_GE(record.bytes(), 100 * sizeof(Header));
}

TEST(Record, OneWithoutAValueIsNotOneWithAnEmptyValue) {
    Record tombstone;
    tombstone.key = "gone";
    Record empty = tombstone;
    empty.value = "";
    EXPECT_FALSE(tombstone.value.has_value());
    EXPECT_TRUE(empty.value.has_value());
    EXPECT_GT(empty.bytes(), tombstone.bytes()) << "also an empty text lies somewhere";
    EXPECT_NE((Header{"h", std::nullopt}), (Header{"h", ""})) << "nor is a header";
}

TEST(Record, CountsEveryHeaderAndEveryByteOnce) {
    Record record;
    const std::size_t bare = record.bytes();
    record.headers.push_back({"name", "value"});
    const std::size_t one = record.bytes() - bare;
    EXPECT_GE(one, sizeof(Header) + 9 + 2 * 16) << "each of the two texts has a block beside it";
    record.headers.push_back({"name", "value"});
    EXPECT_EQ(record.bytes() - bare, 2 * one);
    record.headers.back().value->push_back('!');
    EXPECT_EQ(record.bytes() - bare, 2 * one + 1);
    record.headers.back().name.push_back('!');
    EXPECT_EQ(record.bytes() - bare, 2 * one + 2);
}

TEST(Origin, NamesARecordByTopicPartitionAndOffset) {
    EXPECT_EQ((Origin{.partition = {.topic = "raw-documents", .number = 3}, .offset = 17}).name(),
              "raw-documents/3/17");
    EXPECT_EQ((Origin{.partition = {.topic = "raw", .number = 0}, .offset = 9'223'372'036'854'775'807}).name(),
              "raw/0/9223372036854775807");
}

TEST(Origin, NamesARecordOfAFileByItsLine) {
    const Origin origin{.partition = {.topic = "data/in.jsonl"}, .offset = 1, .line = 2};
    EXPECT_TRUE(origin.from_file());
    EXPECT_EQ(origin.name(), "data/in.jsonl:2");
    EXPECT_FALSE(Origin{}.from_file());
}

TEST(Origin, IsNotAnotherOneOnAccountOfAnyField) {
    const Origin origin{.partition = {.topic = "t", .number = 1}, .offset = 2, .timestamp_ms = 3};
    EXPECT_EQ(origin, Origin(origin));
    EXPECT_NE(origin, (Origin{.partition = {.topic = "u", .number = 1}, .offset = 2, .timestamp_ms = 3}));
    EXPECT_NE(origin, (Origin{.partition = {.topic = "t", .number = 0}, .offset = 2, .timestamp_ms = 3}));
    EXPECT_NE(origin, (Origin{.partition = {.topic = "t", .number = 1}, .offset = 1, .timestamp_ms = 3}));
    EXPECT_NE(origin, (Origin{.partition = {.topic = "t", .number = 1}, .offset = 2, .timestamp_ms = -1}));
    EXPECT_NE(origin, (Origin{.partition = {.topic = "t", .number = 1}, .offset = 2, .timestamp_ms = 3, .line = 4}));
    EXPECT_EQ(Origin{}.timestamp_ms, -1) << "without a time, not in 1970";
}

TEST(Partition, AreOrderedByTopicAndThenByNumber) {
    const std::vector<Partition> ordered{
        {.topic = "a", .number = 9}, {.topic = "a", .number = 10}, {.topic = "b", .number = 0}};
    EXPECT_TRUE(std::ranges::is_sorted(ordered));
    EXPECT_EQ((Partition{.topic = "a", .number = 9}), ordered[0]);
}

}  // namespace
}  // namespace prelabel
