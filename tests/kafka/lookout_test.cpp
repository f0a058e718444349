#include "loop.hpp"
#include "mock_cluster.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/lookout.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

using Told = std::vector<std::vector<std::string>>;

struct Looking {
    explicit Looking(const std::string& brokers) : input{brokers, "in", "prelabel", {}} {
        output.topic = "out";
        lookout.emplace(loop.executor(), input, with_connection_of(input, output),
                        [this](const std::vector<std::string>& missing) { told.push_back(missing); });
    }

    Loop loop;
    InputSettings input;
    OutputSettings output;
    Told told;
    std::optional<Lookout> lookout;
};

TEST(KafkaLookout, SaysWhatIsMissingAndOnceThatItHasCome) {
    MockCluster cluster{{"in", 1}};
    Looking looking(cluster.brokers());
    looking.loop.turn_until([&] { return !looking.told.empty(); }, 3s);
    EXPECT_THAT(looking.told, ElementsAre(ElementsAre(StartsWith("topic out is missing"))));
    cluster.create("out", 1);
    looking.loop.turn_until([&] { return looking.told.size() > 1; });
    EXPECT_THAT(looking.told, ElementsAre(SizeIs(1), IsEmpty()));
}

TEST(KafkaLookout, EndsSoonWhileNobodyAnswers) {
    Looking looking("127.0.0.1:1");
    const auto start = std::chrono::steady_clock::now();
    looking.lookout.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_THAT(looking.told, IsEmpty());
}

}  // namespace
}  // namespace prelabel::kafka::test
