#include "fakes_job.hpp"

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

TEST(Conversation, CostsNothingWhenItIsRepeatedAfterACrash) {
    JobWorld before;
    before.store.secret = "kept";
    before.model.answers("nonsense");
    before.model.answers(good_answer);
    EXPECT_EQ(before.run(ada_in_zurich()), true);
    ASSERT_EQ(before.store.answers.size(), 2U) << "what was asked again about is kept too";
    JobWorld world;
    world.store.secret = "kept";
    world.store.answers = before.store.answers;
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.model.bodies.empty());
    EXPECT_EQ(world.stats.reasks, 1U);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
}

TEST(Conversation, ForgetsItsUnusableAnswersOnceNoneWasUsable) {
    JobWorld world;
    for (const auto* answer : {"no", "nonsense", "nothing"}) world.model.answers(answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.model.bodies.size(), 3U);
    EXPECT_TRUE(world.store.answers.empty()) << "whoever sends the document again gets new ones";
}

TEST(Conversation, TakesAnAnswerThatItFoundUnusableForNone) {
    JobWorld world;
    // The second question is the first answer and what was wrong with it; the third one is the same question.
    for (int i = 0; i < 2; ++i) world.model.answers("nonsense");
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.model.bodies.size(), 3U);
    EXPECT_EQ(world.model.bodies[1], world.model.bodies[2]);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
}

}  // namespace
}  // namespace prelabel::pipeline
