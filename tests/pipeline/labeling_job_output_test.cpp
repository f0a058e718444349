#include "fakes_job.hpp"

#include <string>
#include <vector>

namespace prelabel::pipeline {
namespace {

using std::chrono::seconds;

const Error too_large{Fault::input, "larger than the topic takes"};
const Error down{Fault::dependency, "the broker is away"};

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

TEST(LabelingJobOutput, SaysThatAnAnswerFromTheStoreCostNothing) {
    JobWorld world;
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    world.sink.written.clear();
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

TEST(LabelingJobOutput, PassesHeadersThroughAndNamesTheTaskVersionOnce) {
    JobWorld world;
    world.model.answers(good_answer);
    Record input = ada_in_zurich();
    input.headers = {{"trace", "abc"}, {"prelabel-task-version", "of an earlier stage"}, {"trace", "def"}, {"raw", ""}};
    EXPECT_EQ(world.run(input), true);
    const std::vector<Header> expected{
        {"trace", "abc"}, {"trace", "def"}, {"raw", ""}, {"prelabel-task-version", world.plan().task_version}};
    EXPECT_EQ(world.output().headers, expected);
}

TEST(LabelingJobOutput, TakesTheInputsKeyAndWithoutOneTheId) {
    const auto key_of = [](std::optional<std::string> key, std::string value) {
        JobWorld world;
        world.model.answers(R"({"entities":[]})");
        Record input = record_of(std::move(value));
        input.key = std::move(key);
        EXPECT_EQ(world.run(input), true);
        return world.output().key;
    };
    EXPECT_EQ(key_of("k1", R"({"id":"d1","text":"Ada"})"), "k1");
    EXPECT_EQ(key_of("", R"({"id":"d1","text":"Ada"})"), "");
    EXPECT_EQ(key_of(std::nullopt, R"({"id":"d1","text":"Ada"})"), "d1");
    EXPECT_EQ(key_of(std::nullopt, R"({"text":"Ada"})"), "raw/3/42");
}

TEST(LabelingJobOutput, TriesAFailedWriteAgainAfterASecondWithTheSameOutput) {
    JobWorld world;
    world.model.answers(good_answer);
    world.sink.script = {down, down};
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    ASSERT_EQ(world.sink.tried.size(), 3U);
    for (std::size_t i = 1; i < 3; ++i) {
        EXPECT_EQ(world.sink.at[i] - world.sink.at[i - 1], seconds(1));
        EXPECT_EQ(world.sink.tried[i].value, world.sink.tried[0].value);
        EXPECT_EQ(world.sink.tried[i].headers, world.sink.tried[0].headers);
        EXPECT_EQ(world.sink.tried[i].key, world.sink.tried[0].key);
    }
    EXPECT_EQ(world.troubles(), 2U);
    EXPECT_EQ(std::get<Trouble>(world.events.at(0)).message, down.message);
    EXPECT_EQ(world.stats.write_failures, 2U);
    EXPECT_EQ(world.stats.documents_complete, 1U);
    EXPECT_EQ(world.model.bodies.size(), 1U);
}

TEST(LabelingJobOutput, StopsTryingToWriteOnceNobodyWantsIt) {
    JobWorld world;
    world.model.answers(good_answer);
    world.sink.script = {down, down, down, down};
    world.on_step = [&world] { world.lease->abandoned = world.sink.tried.size() >= 2; };
    EXPECT_EQ(world.run(ada_in_zurich()), false);
    EXPECT_EQ(world.sink.tried.size(), 2U);
    EXPECT_EQ(world.stats.documents_complete, 0U);
}

TEST(LabelingJobOutput, IsNotMadeForADocumentThatWasAbandonedBeforeItsCall) {
    JobWorld world;
    world.lease->abandoned = true;
    EXPECT_EQ(world.run(ada_in_zurich()), false);
    EXPECT_TRUE(world.model.bodies.empty());
    EXPECT_TRUE(world.sink.tried.empty());
    EXPECT_TRUE(world.events.empty());
}

TEST(LabelingJobOutput, DropsTheTextOfARecordThatIsTooLongWithIt) {
    JobWorld world(2'000);
    world.model.answers(R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})");
    EXPECT_EQ(world.run(record_of(R"({"text":"Ada Lovelace )" + std::string(5'000, 'x') + "\"}")), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_LE(world.output().value.size(), 2'000U);
}

TEST(LabelingJobOutput, KeyAndHeadersTakeFromWhatTheTextMayHave) {
    JobWorld world(4'000);
    world.model.answers(R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})");
    Record input = record_of(R"({"text":"Ada Lovelace )" + std::string(2'000, 'x') + "\"}");
    input.headers = {{"trace", std::string(1'500, 'h')}};
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_LE(world.output().value.size() + world.output().frame_bytes(), 4'000U);
}

TEST(LabelingJobOutput, DropsTheTextOfARecordThatTheTopicRefusesWithIt) {
    JobWorld world;
    world.model.answers(good_answer);
    world.sink.script = {too_large};
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_EQ(world.stats.documents_complete, 1U);
}

TEST(LabelingJobOutput, BuriesARecordThatIsTooLargeEvenWithoutItsText) {
    JobWorld world(100);
    world.model.answers(good_answer);
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.header("prelabel.error.class"), "too_large");
    EXPECT_EQ(world.header("prelabel.error.attempts"), "1");
    EXPECT_EQ(world.header("prelabel.error.cost_usd"), "0.0012");
    EXPECT_EQ(world.output().value, input.value);
}

TEST(LabelingJobOutput, GivesADocumentUpWhoseSinkWritesNothingAnyMore) {
    for (const auto* document : {R"({"id":"d1","text":"Ada Lovelace met Grace in Zürich."})", "not JSON"}) {
        JobWorld world;
        world.model.answers(good_answer);
        world.sink.script = {Error{Fault::cancelled, "the files are lost"}};
        EXPECT_EQ(world.run(record_of(document)), false);
        EXPECT_EQ(world.sink.tried.size(), 1U);
        EXPECT_EQ(world.troubles(), 0U);
    }
}

TEST(LabelingJobOutput, BuriesARecordThatTheTopicRefusesForItsSize) {
    JobWorld world;
    world.model.answers(good_answer);
    world.sink.script = {too_large, too_large};
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.sink.tried.size(), 3U) << "with its text, without it, and the dead letter";
    EXPECT_EQ(world.header("prelabel.error.class"), "too_large");
    EXPECT_EQ(world.output().value, input.value);
    EXPECT_EQ(world.stats.documents_complete, 0U);
    EXPECT_EQ(world.troubles(), 0U);
}

TEST(LabelingJobOutput, SendsADeadLetterWithoutItsValueWhenItIsTooLargeItself) {
    JobWorld world;
    world.sink.script = {too_large};
    EXPECT_EQ(world.run(record_of("not JSON")), true);
    EXPECT_EQ(world.output().value, "");
    EXPECT_EQ(world.output().key, "k1");
    EXPECT_EQ(world.header("prelabel.error.class"), "malformed_input");
    EXPECT_EQ(world.header("prelabel.error.offset"), "42");
    EXPECT_EQ(world.troubles(), 0U);
}

TEST(LabelingJobOutput, ADeadLetterLeavesOutValueThenHeadersThenKey) {
    JobWorld world;
    world.sink.script = {too_large, too_large, too_large};
    Record input = record_of("not JSON");
    input.headers = {{"trace", std::string(5'000, 'h')}};
    EXPECT_EQ(world.run(input), true);
    ASSERT_EQ(world.sink.tried.size(), 4U);
    EXPECT_EQ(world.sink.tried[1].value, "");
    EXPECT_EQ(world.sink.tried[1].headers.front().name, "trace");
    EXPECT_NE(world.sink.tried[2].headers.front().name, "trace");
    EXPECT_EQ(world.sink.tried[2].key, "k1");
    EXPECT_EQ(world.output().key, std::nullopt);
    EXPECT_EQ(world.header("prelabel.error.offset"), "42") << "where the document is, is kept";
    EXPECT_EQ(world.troubles(), 0U);
}

TEST(LabelingJobOutput, WaitsWhenEvenTheShortestDeadLetterIsRefused) {
    JobWorld world;
    world.sink.script = {too_large, too_large, too_large, too_large, too_large, too_large};
    EXPECT_EQ(world.run(record_of("not JSON")), true);
    ASSERT_EQ(world.sink.at.size(), 7U);
    EXPECT_EQ(world.sink.at[4] - world.sink.at[0], seconds(0));
    EXPECT_EQ(world.sink.at[5] - world.sink.at[4], seconds(1));
    EXPECT_EQ(world.sink.at[6] - world.sink.at[5], seconds(1));
    EXPECT_EQ(world.troubles(), 2U);
    EXPECT_LT(world.sink.tried[4].value.size() + world.sink.tried[4].frame_bytes(), 1'000U);
    EXPECT_EQ(world.stats.dead_letters[DeadLetterClass::malformed_input], 1U);
}

TEST(LabelingJobOutput, ADeadLetterRefusedForAnotherReasonThanItsSizeWaitsWhole) {
    JobWorld world;
    const Error refused{Fault::dependency, "the topic asks for another key"};
    world.sink.script.assign(20, refused);
    const Record input = record_of("not JSON");
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.output().value, input.value);
    EXPECT_EQ(world.output().key, input.key);
    EXPECT_EQ(world.output().headers.front(), input.headers.front());
    ASSERT_EQ(world.sink.at.size(), 21U);
    for (std::size_t i = 1; i < 21; ++i) EXPECT_EQ(world.sink.at[i] - world.sink.at[i - 1], seconds(1));
    EXPECT_EQ(world.troubles(), 20U);
    EXPECT_EQ(std::get<Trouble>(world.events.at(0)).message, refused.message);
}

}  // namespace
}  // namespace prelabel::pipeline
