#include "fakes_job.hpp"

#include <string>
#include <vector>

namespace prelabel::pipeline {
namespace {

using std::chrono::seconds;

const Error too_large{Fault::input, "larger than the topic takes"};
const Error down{Fault::dependency, "the broker is away"};

TEST(Publisher, PassesHeadersThroughAndNamesTheTaskVersionOnce) {
    JobWorld world;
    world.model.answers(good_answer);
    Record input = ada_in_zurich();
    input.headers = {{"trace", "abc"}, {"prelabel-task-version", "of an earlier stage"}, {"trace", "def"}, {"raw", ""}};
    EXPECT_EQ(world.run(input), true);
    const std::vector<Header> expected{
        {"trace", "abc"}, {"trace", "def"}, {"raw", ""}, {"prelabel-task-version", world.plan().task_version}};
    EXPECT_EQ(world.output().headers, expected);
}

TEST(Publisher, TakesTheInputsKeyAndWithoutOneTheId) {
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

TEST(Publisher, TriesAFailedWriteAgainAfterASecondWithTheSameOutput) {
    JobWorld world;
    world.model.answers(good_answer);
    world.outbox.script = {down, down};
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    ASSERT_EQ(world.outbox.tried.size(), 3U);
    for (std::size_t i = 1; i < 3; ++i) {
        EXPECT_EQ(world.outbox.at[i] - world.outbox.at[i - 1], seconds(1));
        EXPECT_EQ(world.outbox.tried[i].value, world.outbox.tried[0].value);
        EXPECT_EQ(world.outbox.tried[i].headers, world.outbox.tried[0].headers);
        EXPECT_EQ(world.outbox.tried[i].key, world.outbox.tried[0].key);
    }
    EXPECT_EQ(world.troubles(), 2U);
    EXPECT_EQ(std::get<Trouble>(world.events.at(0)).message, down.message);
    EXPECT_EQ(world.stats.write_failures, 2U);
    EXPECT_EQ(world.stats.documents_complete, 1U);
    EXPECT_EQ(world.stats.texts_dropped, 0U);
    EXPECT_EQ(world.model.bodies.size(), 1U);
}

TEST(Publisher, StopsTryingToWriteOnceNobodyWantsIt) {
    JobWorld world;
    world.model.answers(good_answer);
    world.outbox.script = {down, down, down, down};
    world.on_step = [&world] { world.lease->abandoned = world.outbox.tried.size() >= 2; };
    EXPECT_EQ(world.run(ada_in_zurich()), false);
    EXPECT_EQ(world.outbox.tried.size(), 2U);
    EXPECT_EQ(world.stats.documents_complete, 0U);
}

TEST(Publisher, DropsTheTextOfARecordThatIsTooLongWithIt) {
    JobWorld world(2'000);
    world.model.answers(R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})");
    EXPECT_EQ(world.run(record_of(R"({"text":"Ada Lovelace )" + std::string(5'000, 'x') + "\"}")), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_LE(world.output().value.size(), 2'000U);
    EXPECT_EQ(world.stats.texts_dropped, 1U);
}

TEST(Publisher, KeyAndHeadersTakeFromWhatTheTextMayHave) {
    JobWorld world(4'000);
    world.model.answers(R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})");
    Record input = record_of(R"({"text":"Ada Lovelace )" + std::string(2'000, 'x') + "\"}");
    input.headers = {{"trace", std::string(1'500, 'h')}};
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_LE(world.output().value.size() + world.output().frame_bytes(), 4'000U);
}

TEST(Publisher, DropsTheTextOfARecordThatTheTopicRefusesWithIt) {
    JobWorld world;
    world.model.answers(good_answer);
    world.outbox.script = {too_large};
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_EQ(world.stats.documents_complete, 1U);
    EXPECT_EQ(world.stats.texts_dropped, 1U);
}

TEST(Publisher, BuriesARecordThatIsTooLargeEvenWithoutItsText) {
    JobWorld world(100);
    world.model.answers(good_answer);
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.header("prelabel.error.class"), "too_large");
    EXPECT_EQ(world.header("prelabel.error.attempts"), "1");
    EXPECT_EQ(world.header("prelabel.error.cost_usd"), "0.0012");
    EXPECT_EQ(world.output().value, input.value);
}

TEST(Publisher, GivesADocumentUpWhoseOutboxPublishesNothingAnyMore) {
    for (const auto* document : {R"({"id":"d1","text":"Ada Lovelace met Grace in Zürich."})", "not JSON"}) {
        JobWorld world;
        world.model.answers(good_answer);
        world.outbox.script = {Error{Fault::cancelled, "the files are lost"}};
        EXPECT_EQ(world.run(record_of(document)), false);
        EXPECT_EQ(world.outbox.tried.size(), 1U);
        EXPECT_EQ(world.troubles(), 0U);
    }
}

TEST(Publisher, BuriesARecordThatTheTopicRefusesForItsSize) {
    JobWorld world;
    world.model.answers(good_answer);
    world.outbox.script = {too_large, too_large};
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.outbox.tried.size(), 3U) << "with its text, without it, and the dead letter";
    EXPECT_EQ(world.header("prelabel.error.class"), "too_large");
    EXPECT_EQ(world.output().value, input.value);
    EXPECT_EQ(world.stats.documents_complete, 0U);
    EXPECT_EQ(world.troubles(), 0U);
}

TEST(Publisher, SendsADeadLetterWithoutItsValueWhenItIsTooLargeItself) {
    JobWorld world;
    world.outbox.script = {too_large};
    EXPECT_EQ(world.run(record_of("not JSON")), true);
    EXPECT_EQ(world.output().value, "");
    EXPECT_EQ(world.output().key, "k1");
    EXPECT_EQ(world.header("prelabel.error.class"), "malformed_input");
    EXPECT_EQ(world.header("prelabel.error.offset"), "42");
    EXPECT_EQ(world.troubles(), 0U);
}

TEST(Publisher, ADeadLetterLeavesOutValueThenHeadersThenKey) {
    JobWorld world;
    world.outbox.script = {too_large, too_large, too_large};
    Record input = record_of("not JSON");
    input.headers = {{"trace", std::string(5'000, 'h')}};
    EXPECT_EQ(world.run(input), true);
    ASSERT_EQ(world.outbox.tried.size(), 4U);
    EXPECT_EQ(world.outbox.tried[1].value, "");
    EXPECT_EQ(world.outbox.tried[1].headers.front().name, "trace");
    EXPECT_NE(world.outbox.tried[2].headers.front().name, "trace");
    EXPECT_EQ(world.outbox.tried[2].key, "k1");
    EXPECT_EQ(world.output().key, std::nullopt);
    EXPECT_EQ(world.header("prelabel.error.offset"), "42") << "where the document is, is kept";
    EXPECT_EQ(world.troubles(), 0U);
}

TEST(Publisher, WaitsWhenEvenTheShortestDeadLetterIsRefused) {
    JobWorld world;
    world.outbox.script = {too_large, too_large, too_large, too_large, too_large, too_large};
    EXPECT_EQ(world.run(record_of("not JSON")), true);
    ASSERT_EQ(world.outbox.at.size(), 7U);
    EXPECT_EQ(world.outbox.at[3] - world.outbox.at[0], seconds(0));
    for (std::size_t i = 4; i < 7; ++i) EXPECT_EQ(world.outbox.at[i] - world.outbox.at[i - 1], seconds(1));
    EXPECT_EQ(world.troubles(), 3U);
    EXPECT_LT(world.outbox.tried[3].value.size() + world.outbox.tried[3].frame_bytes(), 1'000U);
    EXPECT_EQ(world.stats.dead_letters[DeadLetterClass::malformed_input], 1U);
}

TEST(Publisher, ADeadLetterRefusedForAnotherReasonThanItsSizeWaitsWhole) {
    JobWorld world;
    const Error refused{Fault::dependency, "the topic asks for another key"};
    world.outbox.script.assign(20, refused);
    const Record input = record_of("not JSON");
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.output().value, input.value);
    EXPECT_EQ(world.output().key, input.key);
    EXPECT_EQ(world.output().headers.front(), input.headers.front());
    ASSERT_EQ(world.outbox.at.size(), 21U);
    for (std::size_t i = 1; i < 21; ++i) EXPECT_EQ(world.outbox.at[i] - world.outbox.at[i - 1], seconds(1));
    EXPECT_EQ(world.troubles(), 20U);
    EXPECT_EQ(std::get<Trouble>(world.events.at(0)).message, refused.message);
}

TEST(Publisher, SendsNothingOfWhichItIsKnownBeforeThatItIsTooLarge) {
    JobWorld world;
    world.model.answers(R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})");
    world.outbox.bytes_max = 2'000;  // less than the configured size of a record
    EXPECT_EQ(world.run(record_of(R"({"text":"Ada Lovelace )" + std::string(5'000, 'x') + "\"}")), true);
    EXPECT_EQ(world.outbox.tried.size(), 1U);
    EXPECT_TRUE(world.holds(R"("status":"text_dropped")"));
    EXPECT_EQ(world.stats.write_failures, 0U);
    EXPECT_EQ(world.stats.documents_complete, 1U);
}

TEST(Publisher, BuriesWhatFitsInNoForm) {
    JobWorld world;
    world.model.answers(good_answer);
    world.outbox.bytes_max = 900;
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    EXPECT_EQ(world.outbox.tried.size(), 1U);
    EXPECT_EQ(world.header("prelabel.error.class"), "too_large");
    EXPECT_EQ(world.output().value, input.value);
    EXPECT_EQ(world.stats.documents_complete, 0U);
    EXPECT_EQ(world.stats.dead_letters[DeadLetterClass::too_large], 1U);
}

TEST(Publisher, ADeadLetterThatDoesNotFitGoesWithLess) {
    JobWorld world;
    world.outbox.bytes_max = 1'500;
    EXPECT_EQ(world.run(record_of(std::string(5'000, 'x'))), true);
    EXPECT_EQ(world.outbox.tried.size(), 1U);
    EXPECT_EQ(world.output().value, "");
    EXPECT_EQ(world.header("prelabel.error.offset"), "42");
}

TEST(Publisher, GivesUpADeadLetterThatNeverFitsOnceNobodyWantsIt) {
    JobWorld world;
    world.outbox.bytes_max = 10;
    world.on_step = [&world] { world.lease->abandoned = world.troubles() >= 2; };
    EXPECT_EQ(world.run(record_of("not JSON")), false);
    EXPECT_TRUE(world.outbox.tried.empty());
}

}  // namespace
}  // namespace prelabel::pipeline
