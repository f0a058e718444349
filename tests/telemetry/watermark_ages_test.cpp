#include <prelabel/telemetry/watermark_ages.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Ages = std::map<Partition, Duration>;

class WatermarkAgesTest : public ::testing::Test {
protected:
    const Partition zero{"raw", 0};
    WatermarkAges ages;
    kafka::SourceStats source;

    WatermarkAgesTest() {
        source.partitions.resize(1);
        source.partitions[0].partition = zero;
        source.partitions[0].lag = 9;
        source.partitions[0].position = 31;
        source.partitions[0].high = 40;
    }
    Ages at(Duration time, Ages in_hand) {
        ages.carry_on(TimePoint(time), source, in_hand);
        return in_hand;
    }
};

TEST_F(WatermarkAgesTest, GoOnWhileThereIsABacklogAndNothingInHand) {
    EXPECT_THAT(at(100s, {}), IsEmpty()) << "none was seen yet";
    EXPECT_THAT(at(101s, {{zero, 5s}}), ElementsAre(Pair(zero, 5s)));
    EXPECT_THAT(at(102s, {}), ElementsAre(Pair(zero, 6s)));
    EXPECT_THAT(at(104s, {}), ElementsAre(Pair(zero, 8s)));
    EXPECT_THAT(at(105s, {{zero, 2s}}), ElementsAre(Pair(zero, 2s)));
    EXPECT_THAT(at(106s, {}), ElementsAre(Pair(zero, 3s))) << "from the last one";
}

TEST_F(WatermarkAgesTest, EndWithThePartitionAndSayNothingOfTheNextBacklog) {
    for (const bool committed : {true, false}) {
        at(101s, {{zero, 5s}});
        const auto backlog = source.partitions[0];
        (committed ? source.partitions[0].lag : source.partitions[0].position) = committed ? 0 : 40;
        EXPECT_THAT(at(102s, {}), IsEmpty());
        source.partitions[0] = backlog;
        EXPECT_THAT(at(50'000s, {}), IsEmpty()) << "it was written after the one that was seen";
    }
}

TEST_F(WatermarkAgesTest, AreForgottenWithTheAssignment) {
    at(101s, {{zero, 5s}});
    const auto mine = std::exchange(source.partitions, {});
    EXPECT_THAT(at(102s, {}), IsEmpty());
    source.partitions = mine;
    EXPECT_THAT(at(103s, {}), IsEmpty()) << "another worker may have had it";
}

}  // namespace
}  // namespace prelabel::telemetry
