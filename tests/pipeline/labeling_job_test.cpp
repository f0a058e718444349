#include "fakes_job.hpp"

#include <prelabel/base/json_text.hpp>

#include <string>
#include <vector>

namespace prelabel::pipeline {
namespace {

using llm::FinishReason;
using llm::ReplyClass;

/// The document ended on the dead-letter topic in this class, its bytes untouched, and nothing said what stands in it.
void expect_buried(const JobWorld& world, DeadLetterClass reason, const Record& input) {
    ASSERT_EQ(world.outbox.written.size(), 1U);
    EXPECT_EQ(world.output().kind, OutputKind::dead_letter);
    EXPECT_EQ(world.header("prelabel.error.class"), std::string(to_string(reason)));
    EXPECT_EQ(world.output().value, input.value);
    EXPECT_EQ(world.output().key, input.key);
    EXPECT_EQ(world.stats.dead_letters[reason], 1U);
    EXPECT_EQ(world.stats.documents_complete + world.stats.documents_partial, 0U);
    ASSERT_FALSE(world.events.empty());
    const auto* event = std::get_if<DocumentDeadLettered>(&world.events.back());
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->reason, reason);
    EXPECT_EQ(event->origin.offset, input.origin.offset);
    EXPECT_FALSE(event->message.empty());
    EXPECT_EQ(event->message, world.header("prelabel.error.message"));
    for (const auto& header : world.output().headers)
        EXPECT_EQ(header.value.value().find("Lovelace"), std::string::npos) << header.name;
    EXPECT_EQ(event->message.find("Lovelace"), std::string::npos);
}

std::string nested(std::size_t depth) {
    return R"({"text":"Ada Lovelace","more":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(LabelingJob, PublishesACleanAnswerAsComplete) {
    JobWorld world;
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
    EXPECT_TRUE(world.holds(R"("text":"Ada Lovelace","start":0,"end":12)"));
    EXPECT_TRUE(world.holds(R"("text":"Zürich","start":26,"end":32,"start_utf8":26,"end_utf8":33)"));
    EXPECT_EQ(world.stats.documents_complete, 1U);
    EXPECT_EQ(world.stats.reasks, 0U);
    EXPECT_TRUE(world.events.empty());
}

TEST(LabelingJob, TheProvidersWordsGoToTheEventAndNotIntoTheDeadLetter) {
    JobWorld world;
    world.model.fails(ReplyClass::content_filter);
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    expect_buried(world, DeadLetterClass::content_filter, input);
    EXPECT_EQ(std::get<DocumentDeadLettered>(world.events.back()).said, "no to Ada Lovelace");
}

TEST(LabelingJob, BuriesMalformedInputWithoutACall) {
    const std::vector<std::pair<std::string, std::string>> inputs{
        {"not JSON", "Ada Lovelace"},
        {"cut off", R"({"text":"Ada Lovelace)"},
        {"empty value", ""},
        {"no text", R"({"id":"Ada Lovelace"})"},
        {"empty text", R"({"id":"Ada Lovelace","text":""})"},
        {"text of another type", R"({"text":["Ada Lovelace"]})"},
        {"invalid UTF-8", "{\"text\":\"Ada Lovelace \xC3\x28\"}"},
        {"text twice", R"({"text":"Ada Lovelace","text":"Grace"})"},
        {"depth 10,000", nested(10'000)},
        {"escaped NUL", R"({"text":"Ada Lovelace\u0000"})"},
        {"NUL byte", std::string("{\"text\":\"Ada Lovelace") + '\0' + "\"}"},
    };
    for (const auto& [name, value] : inputs) {
        SCOPED_TRACE(name);
        JobWorld world;
        const Record input = record_of(value);
        EXPECT_EQ(world.run(input), true);
        expect_buried(world, DeadLetterClass::malformed_input, input);
        EXPECT_TRUE(world.model.bodies.empty());
        EXPECT_EQ(world.header("prelabel.error.attempts"), "0");
        EXPECT_EQ(world.header("prelabel.error.cost_usd"), "0");
    }
}

TEST(LabelingJob, BuriesATextAboveTheLimitAsTooLargeWithoutACall) {
    JobWorld world;
    const Record input = record_of(R"({"text":"Ada Lovelace )" + std::string(10U << 20, 'x') + "\"}");
    EXPECT_EQ(world.run(input), true);
    expect_buried(world, DeadLetterClass::too_large, input);
    EXPECT_TRUE(world.model.bodies.empty());
}

TEST(LabelingJob, BelievesAReaderThatFoundNoDocumentEvenWhereTheValueWouldBeOne) {
    const std::vector<std::pair<std::string, DeadLetterClass>> findings{
        {"prelabel.input.problem", DeadLetterClass::malformed_input},
        {"prelabel.input.too_large", DeadLetterClass::too_large},
    };
    for (const auto& [name, reason] : findings) {
        SCOPED_TRACE(name);
        JobWorld world;
        Record input = ada_in_zurich();
        input.headers.push_back({name, "the row at line 3 is no row"});
        EXPECT_EQ(world.run(input), true);
        expect_buried(world, reason, input);
        EXPECT_EQ(world.header("prelabel.error.message"), "the row at line 3 is no row");
        EXPECT_TRUE(world.model.bodies.empty());
        EXPECT_EQ(world.header("trace"), "abc");
        EXPECT_EQ(world.header(name), std::nullopt) << "mended and sent again it is read anew";
    }
}

TEST(LabelingJob, AReadersFindingWithoutWordsIsOneAllTheSame) {
    JobWorld world;
    Record input = ada_in_zurich();
    input.headers = {{"prelabel.input.problem", std::nullopt}};
    EXPECT_EQ(world.run(input), true);
    expect_buried(world, DeadLetterClass::malformed_input, input);
    EXPECT_TRUE(world.model.bodies.empty());
}

TEST(LabelingJob, TakesATextOfExactlyTheLimit) {
    JobWorld fits(1'000'000, 12);
    fits.model.answers(R"({"entities":[]})");
    EXPECT_EQ(fits.run(record_of(R"({"text":"Ada Lovelace"})")), true);
    EXPECT_EQ(fits.output().kind, OutputKind::annotation);

    JobWorld world(1'000'000, 11);
    const Record input = record_of(R"({"text":"Ada Lovelace"})");
    EXPECT_EQ(world.run(input), true);
    expect_buried(world, DeadLetterClass::too_large, input);
}

TEST(LabelingJob, BuriesWhatStaysUnusableAfterAllReasks) {
    const std::vector<std::string> answers{
        "Ada Lovelace, I think.",
        R"({"entities": 7})",
        R"({"entities":[{"label":"PER","text":"Ada Lovelace"}],"sure":true})",
        R"([{"label":"PER","entity":7}])",
        R"({"entities":[{"label":"PER","text":"Ada Love)",
        "",
    };
    for (const auto& answer : answers) {
        SCOPED_TRACE(answer);
        JobWorld world;
        for (std::size_t i = 0; i < 3; ++i) world.model.answers(answer + std::string(i, ' '));
        const Record input = ada_in_zurich();
        EXPECT_EQ(world.run(input), true);
        expect_buried(world, DeadLetterClass::invalid_answer, input);
        EXPECT_EQ(world.model.bodies.size(), 3U);
        EXPECT_EQ(world.stats.reasks, 2U);
        EXPECT_EQ(world.header("prelabel.error.attempts"), "3");
        EXPECT_NEAR(std::stod(world.header("prelabel.error.cost_usd").value_or("-1")), 0.0036, 1e-9);
    }
}

TEST(LabelingJob, BuriesWhatTheModelOrItsProviderRefusesAtOnce) {
    const auto ends = [](DeadLetterClass reason, auto&& script) {
        SCOPED_TRACE(to_string(reason));
        JobWorld world;
        script(world.model);
        const Record input = ada_in_zurich();
        EXPECT_EQ(world.run(input), true);
        expect_buried(world, reason, input);
        EXPECT_EQ(world.model.bodies.size(), 1U);
        EXPECT_EQ(world.header("prelabel.error.attempts"), "1");
    };
    ends(DeadLetterClass::refused, [](auto& model) { model.answers("I cannot do that.", FinishReason::refusal); });
    ends(DeadLetterClass::content_filter, [](auto& model) { model.answers("", FinishReason::content_filter); });
    ends(DeadLetterClass::content_filter, [](auto& model) { model.fails(ReplyClass::content_filter); });
    ends(DeadLetterClass::context_length, [](auto& model) { model.fails(ReplyClass::context_length); });
}

TEST(LabelingJob, CutsAnAnswerOutOfACodeFenceAndCountsIt) {
    JobWorld world;
    world.model.answers("Here you are:\n```json\n" + std::string(good_answer) + "\n```");
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
    EXPECT_TRUE(world.holds(R"("text":"Ada Lovelace","start":0)"));
    EXPECT_TRUE(world.holds(R"("discarded":[])"));
    EXPECT_EQ(world.model.bodies.size(), 1U);
    EXPECT_EQ(world.stats.documents_partial, 0U);
    EXPECT_EQ(world.stats.documents_complete, 1U);
    EXPECT_EQ(world.stats.answers_cut_out, 1U);
    EXPECT_EQ(world.stats.answers_in_other_form, 0U);
}

TEST(LabelingJob, UnderstandsAnAnswerInAnotherFormAndCountsIt) {
    JobWorld world;
    world.model.answers(R"([{"type":"PER","name":"Ada Lovelace"}])");
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
    EXPECT_TRUE(world.holds(R"("text":"Ada Lovelace","start":0)"));
    EXPECT_EQ(world.stats.answers_cut_out, 0U);
    EXPECT_EQ(world.stats.answers_in_other_form, 1U);
}

TEST(LabelingJob, SetsAsideAnUnknownLabelAndWhatIsNotInTheTextWithTheReason) {
    JobWorld world;
    world.model.answers(R"({"entities":[{"label":"PER","text":"Ada Lovelace"},{"label":"PLANET","text":"Zürich"},)"
                        R"({"label":"LOC","text":"Mars"}]})");
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("status":"partial")"));
    EXPECT_TRUE(world.holds(R"({"label":"PLANET","text":"Zürich","reason":"unknown_label"})"));
    EXPECT_TRUE(world.holds(R"({"label":"LOC","text":"Mars","reason":"not_in_text"})"));
    EXPECT_TRUE(world.holds(R"("text":"Ada Lovelace","start":0)"));
    EXPECT_EQ(world.model.bodies.size(), 1U);
    EXPECT_EQ(world.stats.entities["PER"][labeling::Match::exact], 1U);
    using labeling::DiscardReason;
    EXPECT_EQ(world.stats.discarded[DiscardReason::unknown_label], 1U);
    EXPECT_EQ(world.stats.discarded[DiscardReason::not_in_text], 1U);
}

TEST(LabelingJob, AsksAgainAfterAnAnswerForAnotherDocument) {
    JobWorld world;
    world.model.answers(foreign_answer);
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
    EXPECT_FALSE(world.holds("Nobody"));
    EXPECT_EQ(world.stats.reasks, 1U);
}

TEST(LabelingJob, ShipsAnswersForAnotherDocumentAsPartialWithEverythingSetAside) {
    JobWorld world;
    for (std::size_t i = 0; i < 3; ++i) world.model.answers(foreign_answer + std::string(i, ' '));
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_EQ(world.output().kind, OutputKind::annotation);
    EXPECT_TRUE(world.holds(R"("status":"partial")"));
    EXPECT_TRUE(world.holds(R"("entities":[])"));
    EXPECT_TRUE(world.holds(R"("discarded":[{"label":"PER","text":"Nobody Inparticular","reason":"not_in_text"}])"));
    EXPECT_EQ(world.model.bodies.size(), 3U);
    EXPECT_EQ(world.stats.documents_partial, 1U);
}

TEST(LabelingJob, AsksAgainAfterACutOffAnswerAndSaysWhatWasWrong) {
    JobWorld world;
    const std::string cut = R"({"entities":[{"label":"PER","te)";
    world.model.answers(cut, FinishReason::length);
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    EXPECT_TRUE(world.holds(R"("status":"complete")"));
    ASSERT_EQ(world.model.bodies.size(), 2U);
    const auto turn = world.plan().prompt.repair_turn("the answer was cut off at the output limit");
    const auto& again = world.model.bodies[1];
    EXPECT_NE(again.find(R"({"role":"assistant","content":)" + json_string(cut) + "}"), std::string::npos);
    EXPECT_NE(again.find(R"({"role":"user","content":)" + json_string(turn) + "}"), std::string::npos);
    EXPECT_EQ(world.model.bodies[0].find("could not be used"), std::string::npos);
}

TEST(LabelingJob, PaysForEachReaskEvenWhenItIsTheSameRequest) {
    JobWorld world;
    for (int i = 0; i < 3; ++i) world.model.answers("nonsense");
    const Record input = ada_in_zurich();
    EXPECT_EQ(world.run(input), true);
    expect_buried(world, DeadLetterClass::invalid_answer, input);
    EXPECT_EQ(world.model.bodies.size(), 3U) << "an answer that could not be used is not served again";
    EXPECT_TRUE(world.store.answers.empty());
    EXPECT_EQ(world.header("prelabel.error.attempts"), "3");
}

TEST(LabelingJob, ShowsTheModelOnlyItsLastUnusableAnswer) {
    JobWorld world;
    world.model.answers("first nonsense");
    world.model.answers("second nonsense");
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    ASSERT_EQ(world.model.bodies.size(), 3U);
    EXPECT_NE(world.model.bodies[1].find("first nonsense"), std::string::npos);
    EXPECT_EQ(world.model.bodies[2].find("first nonsense"), std::string::npos);
    EXPECT_NE(world.model.bodies[2].find("second nonsense"), std::string::npos);
    EXPECT_NE(world.model.bodies[2].find("Ada Lovelace met Grace"), std::string::npos);
}

TEST(LabelingJob, EchoesAtMost2000BytesAndNoHalfCharacter) {
    JobWorld world;
    std::string letters = "a";  // the 2,000th byte is the first of a letter
    for (int i = 0; i < 1'500; ++i) letters += "é";
    world.model.answers(std::string(3'000, 'x'));
    world.model.answers(letters);
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    ASSERT_EQ(world.model.bodies.size(), 3U);
    EXPECT_NE(world.model.bodies[1].find('"' + std::string(2'000, 'x') + '"'), std::string::npos);
    EXPECT_NE(world.model.bodies[2].find('"' + letters.substr(0, 1'999) + '"'), std::string::npos);
}

}  // namespace
}  // namespace prelabel::pipeline
