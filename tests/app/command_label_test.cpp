// Long: one fixture, and all that `label` does for a user
#include "app/exit_code.hpp"
#include "command_line.hpp"
#include "model_server.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string two_documents =
    "{\"id\": \"a\", \"text\": \"Ada was here.\"}\n{\"id\": \"b\", \"text\": \"So was Bob.\"}\n";

/// Finds the two people that it knows.
http::ServerReply knows_two(std::string_view body) {
    if (body.find("Ada was here.") != std::string_view::npos)
        return says(R"({"entities":[{"label":"PER","text":"Ada"}]})");
    if (body.find("So was Bob.") != std::string_view::npos)
        return says(R"({"entities":[{"label":"PER","text":"Bob"}]})");
    return says(R"({"entities":[]})");
}

class LabelCommand : public CommandTest {
protected:
    LabelCommand() { folder.write("in.jsonl", two_documents); }

    /// `label` with a configuration that knows the server.
    [[nodiscard]] Ended label(const ModelServer& model, const std::string& arguments) const {
        return run("label " + arguments + config() + " --set llm.base_url=" + model.base_url());
    }
    [[nodiscard]] std::string files(const std::string& input = "in.jsonl") const {
        return folder.path(input) + " -o " + folder.path("out.jsonl");
    }
};

TEST_F(LabelCommand, WritesARecordForEachDocumentAndSaysHowManyThereWere) {
    const ModelServer model(knows_two);
    const auto ended = label(model, files());
    EXPECT_EQ(ended.code, done) << ended.err;
    const auto records = folder.read("out.jsonl");
    EXPECT_EQ(lines(records), 2U);
    EXPECT_THAT(records, AllOf(HasSubstr("\"Ada\""), HasSubstr("\"Bob\"")));
    EXPECT_THAT(ended.err, AllOf(HasSubstr("100%"), HasSubstr("2 documents")));
    EXPECT_THAT(without_folder(ended.err),
                AllOf(HasSubstr("\nlabeled       2 of 2 documents\n"), HasSubstr("\nentities      PER 2\n"),
                      HasSubstr("\ntokens        40 in, 10 out\nrequests      2\n"),
                      HasSubstr("\ncost          unknown: llm.price is not set\n"),
                      EndsWith("\noutput        out.jsonl\n"), Not(HasSubstr("$"))));
    EXPECT_EQ(ended.out, "") << "the records are in the file";
}

TEST_F(LabelCommand, QuietlySaysNothingWhenNothingIsWrong) {
    const ModelServer model(knows_two);
    const auto ended = label(model, files() + " -q");
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "");
}

TEST_F(LabelCommand, WritesToStandardOutputAndKeepsItClean) {
    const ModelServer model(knows_two);
    const auto ended = label(model, folder.path("in.jsonl") + " --dead-letters " + folder.path("dead.jsonl"));
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(lines(ended.out), 2U);
    EXPECT_TRUE(ended.out.starts_with("{")) << ended.out;
    EXPECT_THAT(ended.out, Not(HasSubstr("documents  ")));
}

TEST_F(LabelCommand, ADocumentThatCannotBeReadIsADeadLetterAndTheOthersAreLabeled) {
    folder.write("in.jsonl", two_documents + "not JSON\n{\"id\": \"d\"}\n");
    const ModelServer model(knows_two);
    const auto ended = label(model, files() + " -q");
    EXPECT_EQ(ended.code, some_dead_lettered);
    EXPECT_EQ(lines(folder.read("out.jsonl")), 2U);
    EXPECT_EQ(lines(folder.read("out.dead_letters.jsonl")), 2U);
    EXPECT_EQ(model.calls(), 2U) << "nothing is bought for what cannot be read";
    EXPECT_THAT(without_folder(ended.err), EndsWith("prelabel: 2 dead letters in out.dead_letters.jsonl\n"));
}

TEST_F(LabelCommand, DeadLettersGoWhereTheUserWantsThem) {
    folder.write("in.jsonl", "not JSON\n");
    const ModelServer model(knows_two);
    const auto ended = label(model, files() + " -q --dead-letters " + folder.path("bad.jsonl"));
    EXPECT_EQ(ended.code, some_dead_lettered);
    EXPECT_EQ(lines(folder.read("bad.jsonl")), 1U);
    EXPECT_THAT(ended.err, HasSubstr("prelabel: 1 dead letter in " + folder.path("bad.jsonl")));
}

TEST_F(LabelCommand, AKeyThatIsRefusedEndsTheRunAndSaysHowToGoOn) {
    ::setenv("PRELABEL_TEST_LABEL_KEY", "sk-label-5527-mnop", 1);
    configure("llm: {model: m, api_key: {env: PRELABEL_TEST_LABEL_KEY}}\n");
    {
        const ModelServer model([](std::string_view) { return refuses(401, "Incorrect key sk-label-5527-mnop"); });
        const auto ended = label(model, files() + " -q");
        EXPECT_EQ(ended.code, model_unusable);
        EXPECT_THAT(ended.err, AllOf(HasSubstr("prelabel: the model cannot be used: "),
                                     HasSubstr("the key is wrong: check llm.api_key\n"),
                                     HasSubstr("\nprelabel: 0 of 2 labeled; continue with: ")));
        EXPECT_THAT(ended.err, Not(HasSubstr("5527")));
        EXPECT_EQ(folder.read("out.jsonl"), "");
    }
    const ModelServer model(knows_two);
    const auto ended = label(model, files() + " -q --resume");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(lines(folder.read("out.jsonl")), 2U) << "no document was lost";
}

TEST_F(LabelCommand, ResumesWithoutBuyingAnythingAgain) {
    const ModelServer model(knows_two);
    EXPECT_EQ(label(model, files() + " -q").code, done);
    EXPECT_EQ(model.calls(), 2U);
    auto ended = label(model, files() + " --resume");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(model.calls(), 2U);
    EXPECT_THAT(ended.err, HasSubstr("2 done before"));
    folder.write("in.jsonl", two_documents + "{\"id\": \"c\", \"text\": \"And Cy.\"}\n");
    EXPECT_EQ(label(model, files() + " -q --resume").code, done);
    EXPECT_EQ(model.calls(), 3U) << "what was appended";
    EXPECT_EQ(lines(folder.read("out.jsonl")), 3U);
}

TEST_F(LabelCommand, ResumesNothingThatWasMadeInAnotherWay) {
    const ModelServer model(knows_two);
    EXPECT_EQ(label(model, files() + " -q").code, done);
    const auto before = folder.read("out.jsonl");
    for (const char* change : {" --set llm.model=other"}) {
        const auto ended = label(model, files() + " -q --resume" + change);
        EXPECT_EQ(ended.code, wrong_usage) << change;
        EXPECT_THAT(ended.err, HasSubstr("prelabel: ")) << change;
    }
    folder.write("in.jsonl", "{\"id\": \"z\", \"text\": \"Edited since.\"}\n" + two_documents);
    EXPECT_EQ(label(model, files() + " -q --resume").code, wrong_usage) << "an input that was edited";
    EXPECT_EQ(folder.read("out.jsonl"), before);
    EXPECT_EQ(model.calls(), 2U);
}

TEST_F(LabelCommand, OverwritesNoFile) {
    const ModelServer model(knows_two);
    folder.write("out.jsonl", "somebody's work\n");
    const auto ended = label(model, files() + " -q");
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("out.jsonl"));
    EXPECT_EQ(folder.read("out.jsonl"), "somebody's work\n");
    EXPECT_EQ(model.calls(), 0U);
}

TEST_F(LabelCommand, AnInputThatIsNotThereOrOfNoKnownKindIsWrongUsage) {
    const ModelServer model(knows_two);
    auto ended = label(model, files("absent.jsonl") + " -q");
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("absent.jsonl"));
    folder.write("in.pdf", "{\"id\": \"a\", \"text\": \"Ada was here.\"}\n");
    ended = label(model, files("in.pdf") + " -q");
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("in.pdf"));
    EXPECT_EQ(label(model, files("in.pdf") + " -q --input-format jsonl").code, done) << "the user says what it is";
}

TEST_F(LabelCommand, TextAndTablesAreReadWhateverTheTopicHolds) {
    configure("llm: {model: m}\ninput: {format: text, text: /body, id: /key}\n");
    folder.write("in.txt", "Ada was here.\nSo was Bob.\n");
    folder.write("in.csv", "key,body\nx,Ada was here.\n");
    const ModelServer model(knows_two);
    const auto ended = label(model, files("in.txt") + " " + folder.path("in.csv") + " -q");
    EXPECT_EQ(ended.code, done) << ended.err;
    const auto records = folder.read("out.jsonl");
    EXPECT_EQ(lines(records), 3U);
    EXPECT_THAT(records, AllOf(HasSubstr("\"Ada\""), HasSubstr("\"Bob\"")));
}

TEST_F(LabelCommand, LinesOfJsonAreReadByTheConfigurationsPointers) {
    configure("llm: {model: m}\ninput: {text: /body/text, id: /key}\n");
    folder.write("in.jsonl", "{\"key\": \"k1\", \"body\": {\"text\": \"Ada was here.\"}}\n");
    const ModelServer model(knows_two);
    EXPECT_EQ(label(model, files() + " -q").code, done);
    EXPECT_THAT(folder.read("out.jsonl"), AllOf(HasSubstr("\"k1\""), HasSubstr("\"Ada\"")));
}

TEST_F(LabelCommand, AnInterruptionFinishesTheCallUnderWayAndSaysHowToGoOn) {
    std::string many;
    for (int i = 0; i < 50; ++i)
        many += "{\"id\": \"" + std::to_string(i) + "\", \"text\": \"Document " + std::to_string(i) + "\"}\n";
    folder.write("in.jsonl", many);
    configure("llm: {model: m, limits: {max_in_flight: 1}}\n");
    bool signalled = false;
    const ModelServer model([&](std::string_view) {
        if (!std::exchange(signalled, true)) ::kill(::getpid(), SIGTERM);
        return says(R"({"entities":[]})");
    });
    auto ended = label(model, files() + " -q");
    EXPECT_EQ(ended.code, interrupted);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("prelabel: sending nothing more, finishing the calls under way"),
                                 EndsWith(" --resume\n")));
    const auto written = lines(folder.read("out.jsonl"));
    EXPECT_THAT(ended.err, HasSubstr("\nprelabel: " + std::to_string(written) + " of 50 labeled; continue with: "));
    EXPECT_EQ(written, model.calls()) << "what was paid for is written";
    EXPECT_LT(written, 50U);
    ended = label(model, files() + " -q --resume");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(lines(folder.read("out.jsonl")), 50U);
    EXPECT_EQ(model.calls(), 50U);
}

TEST_F(LabelCommand, SaysWhatThereIsOfEachClassAndWhere) {
    folder.write("in.jsonl", two_documents + "not JSON\n");
    const ModelServer model(knows_two);
    const auto ended = label(model, files());
    EXPECT_EQ(ended.code, some_dead_lettered);
    EXPECT_THAT(
        without_folder(ended.err),
        HasSubstr("\nlabeled       2 of 3 documents\ndead letters  1 in out.dead_letters.jsonl: 1 malformed_input\n"));
    EXPECT_THAT(ended.err, Not(HasSubstr("prelabel: ")));
}

TEST_F(LabelCommand, WaitsForAModelAsLongAsItIsTold) {
    std::string refused;
    {
        const ModelServer gone(knows_two);
        refused = gone.base_url();
    }
    for (const std::string wait : {"0", "1s"}) {
        const auto ended =
            run("label " + files() + " -q" + config() + " --set llm.base_url=" + refused + " --wait-for-model " + wait);
        EXPECT_EQ(ended.code, model_unusable) << wait;
        EXPECT_THAT(ended.err, AllOf(HasSubstr("connection refused"), HasSubstr("check llm.base_url"))) << wait;
    }
}

TEST_F(LabelCommand, KnowsADurationWhenItSeesOne) {
    for (const char* wrong : {"soon", "5", "-1s", "1 week", ""})
        EXPECT_NE(parsed("label in.jsonl -c c.yaml --wait-for-model '" + std::string(wrong) + "'").refused, "")
            << wrong;
    for (const char* right : {"0", "0s", "250ms", "5m", "1.5h"})
        EXPECT_EQ(parsed("label in.jsonl -c c.yaml --wait-for-model " + std::string(right)).refused, "") << right;
}

TEST_F(LabelCommand, LabelsTheFirstOnesAndLaterMoreOfThem) {
    std::string many;
    for (int i = 0; i < 30; ++i)
        many += "{\"id\": \"d" + std::to_string(i) + "\", \"text\": \"Document " + std::to_string(i) + "\"}\n";
    folder.write("in.jsonl", many);
    const ModelServer model(knows_two);
    EXPECT_EQ(label(model, files() + " -q --limit 3").code, done);
    const auto first = folder.read("out.jsonl");
    EXPECT_EQ(lines(first), 3U);
    for (const char* id : {"\"d0\"", "\"d1\"", "\"d2\""}) EXPECT_THAT(first, HasSubstr(id));
    EXPECT_EQ(label(model, files() + " -q --resume --limit 5").code, done);
    EXPECT_EQ(lines(folder.read("out.jsonl")), 5U) << "the first three are part of the first five";
    EXPECT_EQ(label(model, files() + " -q --resume --limit 2").code, done);
    EXPECT_EQ(label(model, files() + " -q --resume").code, done);
    EXPECT_EQ(lines(folder.read("out.jsonl")), 30U);
    EXPECT_EQ(model.calls(), 30U) << "nothing twice";
}

TEST_F(LabelCommand, LabelsRandomOnesThatASeedBringsBack) {
    std::string many;
    for (int i = 0; i < 200; ++i)
        many += "{\"id\": \"d" + std::to_string(i) + "\", \"text\": \"Document " + std::to_string(i) + "\"}\n";
    folder.write("in.jsonl", many);
    const ModelServer model(knows_two);
    EXPECT_EQ(label(model, files() + " -q --sample 5").code, done);
    const auto drawn = folder.read("out.jsonl");
    EXPECT_EQ(lines(drawn), 5U);
    EXPECT_EQ(label(model, files() + " -q --resume --sample 5").code, done);
    EXPECT_EQ(folder.read("out.jsonl"), drawn) << "the same five are done";
    EXPECT_EQ(label(model, files() + " -q --resume --sample 20").code, done);
    EXPECT_EQ(lines(folder.read("out.jsonl")), 20U);
    EXPECT_EQ(label(model, files() + " -q --resume --sample 5 --seed 2").code, done);
    EXPECT_GT(lines(folder.read("out.jsonl")), 20U) << "another seed draws others";
}

TEST_F(LabelCommand, StopsBeforeItCostsMoreThanItMay) {
    std::string many;
    for (int i = 0; i < 50; ++i)
        many += "{\"id\": \"d" + std::to_string(i) + "\", \"text\": \"Document " + std::to_string(i) + "\"}\n";
    folder.write("in.jsonl", many);
    // An answer costs 0.005, and as long as a call is under way it may cost 0.02 and a bit.
    configure("llm: {model: m, max_output_tokens: 20, price: {input_per_mtok: 1, output_per_mtok: 1000}}\n");
    const ModelServer model(knows_two);
    auto ended = label(model, files() + " -q --max-cost 0.1");
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("prelabel: stopped before --max-cost $0.1000: $0."), HasSubstr("--resume")));
    const auto written = lines(folder.read("out.jsonl"));
    EXPECT_EQ(written, model.calls()) << "what was paid for is written";
    EXPECT_LT(written, 50U);
    EXPECT_GT(written, 0U);
    EXPECT_LE(static_cast<double>(model.calls()) * 0.005'02, 0.1);
    ended = label(model, files() + " -q --resume --max-cost 10");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_EQ(lines(folder.read("out.jsonl")), 50U);
    EXPECT_EQ(model.calls(), 50U);
}

TEST_F(LabelCommand, ACapBelowTheFirstCallSaysWhatOneMayCost) {
    configure("llm: {model: m, max_output_tokens: 100, price: {input_per_mtok: 1, output_per_mtok: 100}}\n");
    const ModelServer model(knows_two);
    const auto ended = label(model, files() + " --max-cost 0.0001");
    EXPECT_EQ(ended.code, failed);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("prelabel: nothing was asked: one call could cost up to $0.01"),
                                 EndsWith(", and --max-cost is $0.0001: raise --max-cost\n"),
                                 Not(HasSubstr("--resume")), Not(HasSubstr("spent_up"))));
    EXPECT_EQ(model.calls(), 0U);
}

TEST_F(LabelCommand, SaysWhereThereIsNothingToLabel) {
    const ModelServer model(knows_two);
    folder.write("in.jsonl", "\n");
    auto ended = label(model, files() + " -q");
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.err, "prelabel: no documents in " + folder.path("in.jsonl") + "\n");
    folder.write("head.csv", "id,text\n");
    ended =
        label(model, folder.path("head.csv") + ' ' + folder.path("in.jsonl") + " -q -o " + folder.path("more.jsonl"));
    EXPECT_EQ(ended.err,
              "prelabel: no documents in " + folder.path("head.csv") + ", " + folder.path("in.jsonl") + "\n");
    folder.write("in.jsonl", two_documents);
    EXPECT_EQ(label(model, files() + " -q --resume").err, "");
    EXPECT_EQ(label(model, files() + " -q --resume").err, "") << "all is done, and there were documents";
}

TEST_F(LabelCommand, ACapOnCostNeedsAPrice) {
    const ModelServer model(knows_two);
    const auto ended = label(model, files() + " -q --max-cost 1");
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("--max-cost: what calls cost is not known"));
    EXPECT_EQ(model.calls(), 0U);
    EXPECT_FALSE(std::filesystem::exists(folder.path("out.jsonl")));
}

}  // namespace
}  // namespace prelabel::app
