#include "world.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace prelabel::sim {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

constexpr std::uint64_t seeds_that_meet_everything = 500;

std::string replay(std::uint64_t seed) {
    return "\nseed " + std::to_string(seed) + ": replay it with PRELABEL_SIM_SEED=" + std::to_string(seed) +
           " and PRELABEL_SIM_SEEDS=1";
}

/// The real pipeline, in virtual time: nothing lost, nothing invented, limits kept, whatever the world does.
/// PRELABEL_SIM_SEEDS says how many worlds, PRELABEL_SIM_SEED which is the first.
TEST(Simulation, HoldsItsPromisesInEveryWorld) {
    const std::uint64_t first = from_environment("PRELABEL_SIM_SEED", 1);
    const std::uint64_t count = from_environment("PRELABEL_SIM_SEEDS", 1'500);
    Happened happened;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        World world{Scenario(seed)};
        const std::string broken = world.run();
        ASSERT_EQ(broken, "") << replay(seed);
        happened += world.happened();
    }
    if (count < seeds_that_meet_everything) return;
    EXPECT_GT(happened.kills, 0U);
    EXPECT_GT(happened.revocations, 0U);
    EXPECT_GT(happened.abandoned, 0U);
    EXPECT_GT(happened.published_again, 0U);
    EXPECT_GT(happened.pauses, 0U);
    EXPECT_GT(happened.resumes, 0U);
    EXPECT_GT(happened.retries, 0U);
    EXPECT_GT(happened.reasks, 0U);
    EXPECT_GT(happened.shared_calls, 0U);
    EXPECT_GT(happened.cache_hits, 0U);
    EXPECT_GT(happened.write_failures, 0U);
    EXPECT_GT(happened.commit_failures, 0U);
    EXPECT_GT(happened.partial, 0U);
    for (const auto reason : {pipeline::DeadLetterClass::malformed_input, pipeline::DeadLetterClass::invalid_answer,
                              pipeline::DeadLetterClass::refused, pipeline::DeadLetterClass::context_length,
                              pipeline::DeadLetterClass::deadline})
        EXPECT_GT(happened.dead_letters[static_cast<std::size_t>(reason)], 0U) << to_string(reason);
}

TEST(Simulation, ReplaysASeedStepByStep) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        World once{Scenario(seed)};
        World again{Scenario(seed)};
        ASSERT_EQ(once.run(), again.run()) << replay(seed);
        ASSERT_EQ(once.trace(), again.trace()) << replay(seed);
    }
}

}  // namespace
}  // namespace prelabel::sim
