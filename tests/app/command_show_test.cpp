#include "app/exit_code.hpp"
#include "command_line.hpp"

#include <prelabel/record/annotation_json.hpp>

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* gold =
    R"({"id":"a","text":"東京 🎉 Ada","entities":[{"label":"LOC","start":0,"end":2},{"label":"PER","start":5,"end":8}]})"
    "\n"
    R"({"id":"b","text":"nobody","entities":[]})"
    "\n";

class ShowCommand : public CommandTest {
protected:
    [[nodiscard]] Ended show(const std::string& arguments) const { return run("show " + arguments); }
};

TEST_F(ShowCommand, MarksEntitiesWithTheirLabels) {
    folder.write("gold.jsonl", gold);
    const auto ended = show(folder.path("gold.jsonl"));
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(ended.out, "a\n  [東京 LOC] 🎉 [Ada PER]\n\nb\n  nobody\n\n");
    EXPECT_EQ(ended.err, "");
}

TEST_F(ShowCommand, ShowsWhatARecordSetAsideAndItsStatus) {
    record::AnnotationRecord record;
    record.id = "r1";
    record.text = "Ada\ncame.";
    record.status = record::Status::partial;
    record.findings.entities.push_back({"PER", "Ada", {0, 3}, {0, 3}, {0, 3}, labeling::Match::exact, std::nullopt});
    record.findings.discarded.push_back({"ORG", "Royal Society", labeling::DiscardReason::not_in_text});
    folder.write("out.jsonl", record::to_json(record) + "\n");
    EXPECT_EQ(show(folder.path("out.jsonl")).out,
              "r1  partial\n  [Ada PER]\n  came.\n  set aside: ORG \"Royal Society\" (not_in_text)\n\n");
    record.status = record::Status::text_dropped;
    record.text.clear();
    folder.write("out.jsonl", record::to_json(record) + "\n");
    EXPECT_THAT(show(folder.path("out.jsonl")).out, HasSubstr("the record holds no text; entities: 1"));
}

TEST_F(ShowCommand, ShowsAsManyAsAreWanted) {
    std::string many;
    for (int i = 0; i < 20; ++i) many += "{\"id\":\"d" + std::to_string(i) + "\",\"text\":\"x\",\"entities\":[]}\n";
    folder.write("many.jsonl", many);
    EXPECT_EQ(lines(show(folder.path("many.jsonl")).out), 5U * 3);
    EXPECT_EQ(lines(show("-n 2 " + folder.path("many.jsonl")).out), 2U * 3);
    EXPECT_EQ(lines(show("-n 22 " + folder.path("many.jsonl") + " " + folder.path("many.jsonl")).out), 22U * 3);
}

TEST_F(ShowCommand, ColoursAreForThoseWhoWantThem) {
    folder.write("gold.jsonl", gold);
    EXPECT_THAT(show(folder.path("gold.jsonl")).out, Not(HasSubstr("\033"))) << "no terminal";
    EXPECT_THAT(show("--color always " + folder.path("gold.jsonl")).out, HasSubstr("\033[30;46m東京"));
    EXPECT_THAT(show("--color never " + folder.path("gold.jsonl")).out, Not(HasSubstr("\033")));
}

TEST_F(ShowCommand, NothingInADocumentReachesTheTerminalRaw) {
    folder.write("bad.jsonl", R"({"id":"\u001b[2Jx","text":"\u001b]0;title\u0007 \u009b31m","entities":[],)"
                              R"("discarded":[{"label":"\u001bL","text":"\u001bT","reason":"\u001bR"}]})"
                              "\n");
    const auto ended = show("--color never " + folder.path("bad.jsonl"));
    EXPECT_THAT(ended.out, AllOf(Not(HasSubstr("\033")), Not(HasSubstr("\007")), Not(HasSubstr("\u009b"))));
    EXPECT_THAT(ended.out, HasSubstr("␛]0;title␇"));
}

TEST_F(ShowCommand, ADocumentWithoutLabelsIsShownAsItIs) {
    folder.write("in.jsonl", "{\"id\":\"a\",\"text\":\"Ada\"}\n");
    EXPECT_EQ(show(folder.path("in.jsonl")).out, "a  not labeled\n  Ada\n\n");
}

TEST_F(ShowCommand, ABadLineIsNamed) {
    folder.write("bad.jsonl", "{\"id\":\"a\",\"text\":\"Ada\",\"entities\":[]}\n{\"id\"\n");
    const auto ended = show(folder.path("bad.jsonl"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(without_folder(ended.err), StartsWith("prelabel: bad.jsonl:2: "));
    EXPECT_EQ(lines(ended.out), 3U) << "what came before it is shown";
    EXPECT_EQ(show("/no/such.jsonl").code, wrong_usage);
    folder.write("in.csv", "id,text\n1,Ada\n");
    EXPECT_THAT(show(folder.path("in.csv")).err, HasSubstr("in.csv: has no labels to show; with --prompt"));
}

TEST_F(ShowCommand, SaysThatThereIsNothingToShow) {
    folder.write("empty.jsonl", "");
    const auto ended = show(folder.path("empty.jsonl"));
    EXPECT_EQ(ended.code, done);
    EXPECT_EQ(without_folder(ended.err), "prelabel: empty.jsonl: holds no records to show\n");
}

TEST_F(ShowCommand, PrintsTheRequestAsItWouldBeSentAndNeverTheKey) {
    ::setenv("PRELABEL_TEST_SHOW_KEY", "sk-show-7781-abcd", 1);
    configure("llm: {model: m, base_url: \"http://127.0.0.1:1/v1\", api_key: {env: PRELABEL_TEST_SHOW_KEY}}\n");
    folder.write("in.jsonl",
                 "{\"id\":\"a\",\"text\":\"Ada \\u001b[2J\"}\n{\"id\":\"b\"}\n{\"id\":\"c\",\"text\":\"x\"}\n");
    const auto ended = show("--prompt " + folder.path("in.jsonl") + config());
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, StartsWith("a\nPOST http://127.0.0.1:1/v1/chat/completions\n\n{\n  \"model\": \"m\",\n"));
    EXPECT_THAT(ended.out, AllOf(HasSubstr("\n── system ──\n"), HasSubstr("\n── user ──\n  <document-"),
                                 HasSubstr("\\u001B[2J"), HasSubstr("␛[2J")));
    EXPECT_THAT(ended.out, AllOf(Not(HasSubstr("7781")), Not(HasSubstr("\033")), Not(HasSubstr("uthorization"))));
    EXPECT_THAT(ended.out, HasSubstr("is not sent, and becomes a dead letter: "));
    EXPECT_EQ(lines(show("--prompt -n 1 " + folder.path("in.jsonl") + config()).out) * 2 + 3, lines(ended.out));
}

TEST_F(ShowCommand, APromptNeedsAConfiguration) {
    folder.write("in.jsonl", "{\"id\":\"a\",\"text\":\"Ada\"}\n");
    const auto ended = show("--prompt " + folder.path("in.jsonl") + " -c " + folder.path("absent.yaml"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("absent.yaml"));
}

TEST_F(ShowCommand, ADeadLetterIsShownWithItsReasonAndTheTextAsItCame) {
    folder.write("x.dead_letters.jsonl",
                 R"({"error":{"class":"malformed_input","message":"/text is missing","task_version":"v"},)"
                 R"("source":{"file":"in.jsonl","line":5,"offset":4},"key":null,"value":"{\"body\": 1}",)"
                 R"("encoding":"utf-8","headers":{}})"
                 "\n");
    EXPECT_EQ(show(folder.path("x.dead_letters.jsonl")).out,
              "in.jsonl:5  dead letter: malformed_input\n  /text is missing\n  {\"body\": 1}\n\n");
}

}  // namespace
}  // namespace prelabel::app
