#include "world.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace prelabel::sim {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

std::string replay(std::uint64_t seed) {
    return "\nseed " + std::to_string(seed) + ": replay it with PRELABEL_SIM_SEED=" + std::to_string(seed) +
           " and PRELABEL_SIM_SEEDS=1";
}

/// The real pipeline, in virtual time: nothing lost, nothing invented, limits kept, whatever the world does.
/// PRELABEL_SIM_SEEDS says how many worlds, PRELABEL_SIM_SEED which is the first.
TEST(Simulation, HoldsItsPromisesInEveryWorld) {
    const std::uint64_t first = from_environment("PRELABEL_SIM_SEED", 1);
    const std::uint64_t count = from_environment("PRELABEL_SIM_SEEDS", 1'500);
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        World world{Scenario(seed)};
        const std::string broken = world.run();
        ASSERT_EQ(broken, "") << replay(seed);
    }
}

TEST(Simulation, ReplaysASeedStepByStep) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        World once{Scenario(seed)};
        World again{Scenario(seed)};
        ASSERT_EQ(once.run(), again.run()) << replay(seed);
        ASSERT_EQ(once.trace(), again.trace()) << replay(seed);
    }
}

TEST(Simulation, CoversWhatItClaimsTo) {
    int crashes = 0;
    int rebalances = 0;
    int weather = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Scenario scenario(seed);
        crashes += scenario.crashes;
        rebalances += scenario.rebalances;
        weather += scenario.weather;
    }
    EXPECT_GT(crashes, 50);
    EXPECT_GT(rebalances, 50);
    EXPECT_GT(weather, 50);
}

}  // namespace
}  // namespace prelabel::sim
