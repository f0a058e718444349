#include "fakes_worker.hpp"

namespace prelabel::pipeline {
namespace {

/// What a worker does with records that are no plain documents.
class WorkerRecordsTest : public ::testing::Test {
protected:
    void SetUp() override {
        world.start();
        world.assign({zero});
    }
    void feed(Offset offset, std::optional<std::string> value, std::vector<Header> headers = {}) {
        world.source.feed({{zero, offset, 0}, "key", std::move(value), std::move(headers)});
        world.loop.settle();
    }

    WorkerWorld world;
};

TEST_F(WorkerRecordsTest, ATombstoneIsSkippedCountedAndCommitted) {
    const std::size_t before = world.source.granted[zero];
    feed(7, std::nullopt);
    EXPECT_EQ(world.source.granted[zero], before + 1) << "its place in the window is free again";
    world.stop();
    const Stats& stats = world.worker().stats();
    EXPECT_EQ(stats.tombstones, 1U);
    EXPECT_EQ(world.model.calls, 0U) << "nobody is asked about it";
    EXPECT_TRUE(world.outbox.written.empty()) << "nothing is published for it";
    EXPECT_EQ(stats.documents_complete + stats.documents_partial, 0U);
    EXPECT_EQ(world.outbox.committed[zero], 8);
}

TEST_F(WorkerRecordsTest, AnEmptyValueIsNoTombstone) {
    feed(7, "");
    world.stop();
    EXPECT_EQ(world.worker().stats().tombstones, 0U);
    EXPECT_EQ(world.worker().stats().dead_letters[DeadLetterClass::malformed_input], 1U);
}

TEST_F(WorkerRecordsTest, KeyAndHeadersTakeFromTheRoomWhileTheDocumentIsInFlight) {
    world.model.answering.shut();
    feed(7, R"({"text":"Ada"})", {{"trace", std::string(20'000, 'h')}, {"none", std::nullopt}});
    EXPECT_LT(world.source.rooms.back().bytes, world.settings.bytes_in_memory_max - 20'000);
    world.model.answering.open();
    world.loop.settle();
    EXPECT_EQ(world.worker().stats().input_bytes_in_flight, 0U);
    ASSERT_EQ(world.outbox.written.size(), 1U);
    EXPECT_EQ(world.outbox.written[0].headers[1], (Header{"none", std::nullopt})) << "a null header stays null";
    world.stop();
}

TEST_F(WorkerRecordsTest, TheAgeOfTheWatermarkIsThatOfTheOldestDocumentThatIsNotDurable) {
    const auto written = world.loop.clock().wall_now() - std::chrono::seconds(90);
    const auto feed_written = [&](Offset offset, WallTime at) {
        world.source.feed({{zero, offset, at.time_since_epoch().count()}, "key", R"({"text":"Ada"})", {}});
        world.loop.settle();
    };
    EXPECT_TRUE(world.worker().watermark_ages().empty());
    world.outbox.writing.shut();
    feed_written(7, written);
    feed_written(8, written + std::chrono::seconds(60));
    world.loop.advance(std::chrono::seconds(10));
    EXPECT_EQ(world.worker().watermark_ages(), (std::map<Partition, Duration>{{zero, std::chrono::seconds(100)}}));
    EXPECT_EQ(world.worker().stats().document_age.count(), 0U);
    world.outbox.writing.open();
    world.loop.settle();
    EXPECT_TRUE(world.worker().watermark_ages().empty());
    EXPECT_EQ(world.worker().stats().document_age.count(), 2U);
    EXPECT_DOUBLE_EQ(world.worker().stats().document_age.sum(), 100 + 40);
    world.outbox.writing.shut();
    feed_written(9, world.loop.clock().wall_now() + std::chrono::hours(1));
    EXPECT_EQ(world.worker().watermark_ages().at(zero), Duration::zero()) << "its producer's clock is ahead";
    world.outbox.writing.open();
    world.loop.settle();
    world.outbox.writing.shut();
    feed_written(11, WallTime(std::chrono::milliseconds(1'764'507'600'000'000)));
    EXPECT_EQ(world.worker().watermark_ages().at(zero), Duration::zero()) << "its producer counts in microseconds";
    feed_written(12, WallTime(std::chrono::milliseconds(-1)));
    world.outbox.writing.open();
    world.loop.settle();
    EXPECT_EQ(world.worker().stats().document_age.count(), 4U) << "the last has no timestamp";
    EXPECT_EQ(world.worker().stats().document_seconds.count(), 5U);
    world.stop();
}

TEST(WorkerBounds, AreShownBesideWhatTheyBound) {
    WorkerWorld world;
    world.settings.limits.max_in_flight = 5;
    world.settings.documents_in_memory_max = 6;
    world.settings.bytes_in_memory_max = 7;
    world.start();
    EXPECT_EQ(world.worker().stats().calls_in_flight_max, 5U);
    EXPECT_EQ(world.worker().stats().documents_in_flight_max, 6U);
    EXPECT_EQ(world.worker().stats().input_bytes_in_flight_max, 7U);
    world.worker().limit({0, 0, 8});
    EXPECT_EQ(world.worker().stats().calls_in_flight_max, 8U);
    world.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
