#include "fakes_job.hpp"

namespace prelabel::pipeline {
namespace {

TEST(LabelingJobOutput, AddsUpWhatAllItsCallsCost) {
    JobWorld world;
    world.model.answers("nonsense");
    world.model.fails(llm::ReplyClass::overloaded);
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("response_ids":["r1","r2"])"));
    EXPECT_TRUE(world.holds(R"("usage":{"requests":2,"input_tokens":2000,"cached_input_tokens":0,"output_tokens":200,)"
                            R"("cost_usd":0.0024})"));
    EXPECT_TRUE(world.holds(R"("attempts":3,"cache":"miss")"));
    EXPECT_NEAR(world.stats.usage.cost_usd, 0.0024, 1e-9);
}

TEST(LabelingJobOutput, SaysThatItsCostIsUnknownWhereAnAnswerCameWithoutTokenCounts) {
    JobWorld world;
    world.model.answers_uncounted("nonsense");
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("usage":{"requests":2,"input_tokens":1000,"cached_input_tokens":0,"output_tokens":100,)"
                            R"("cost_usd":null})"));
    world.outbox.written.clear();
    world.model.answers_uncounted("nonsense");
    world.model.answers("nonsense ");
    world.model.answers("nonsense  ");
    Record another = ada_in_zurich();
    another.value = R"({"id": "b", "text": "Ada has left Zurich."})";
    EXPECT_EQ(world.run(another), true);
    EXPECT_EQ(world.header("prelabel.error.class"), "invalid_answer");
    EXPECT_EQ(world.header("prelabel.error.cost_usd"), std::nullopt);
}

TEST(LabelingJobOutput, SaysThatAnAnswerFromTheStoreCostNothing) {
    JobWorld world;
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    world.outbox.written.clear();
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.model.bodies.size(), 1U);
    EXPECT_TRUE(world.holds(R"("response_ids":["r1"])"));
    EXPECT_TRUE(world.holds(R"("usage":{"requests":0,"input_tokens":0,"cached_input_tokens":0,"output_tokens":0,)"));
    EXPECT_TRUE(world.holds(R"("attempts":0,"cache":"memory")"));
}

TEST(LabelingJobOutput, SaysWhereItCameFromAndWhatMadeIt) {
    JobWorld world;
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.output().origin.partition, (Partition{"raw", 3}));
    EXPECT_EQ(world.output().origin.offset, 42);
    EXPECT_TRUE(world.holds(R"("source":{"topic":"raw","partition":3,"offset":42,"timestamp_ms":1700000000000})"));
    EXPECT_TRUE(world.holds(R"("model":{"provider":"openai","name":"m",)"));
    EXPECT_TRUE(world.holds(world.plan().task_version));
}

TEST(LabelingJobOutput, IsNotMadeForADocumentThatWasAbandonedBeforeItsCall) {
    JobWorld world;
    world.lease->abandoned = true;
    EXPECT_EQ(world.run(ada_in_zurich()), false);
    EXPECT_TRUE(world.model.bodies.empty());
    EXPECT_TRUE(world.outbox.tried.empty());
    EXPECT_TRUE(world.events.empty());
}

}  // namespace
}  // namespace prelabel::pipeline
