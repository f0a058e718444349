#include "app/exit_code.hpp"
#include "command_line.hpp"
#include "model_server.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class InitCommand : public ::testing::Test {
protected:
    files::Folder folder;

    [[nodiscard]] Ended init(const std::string& arguments) const {
        return run("init --dir " + folder.path("") + " " + arguments);
    }
    [[nodiscard]] bool wrote_nothing() const {
        return !std::filesystem::exists(folder.path("task.yaml")) &&
               !std::filesystem::exists(folder.path("prelabel.yaml"));
    }
};

TEST_F(InitCommand, WritesWhatCheckAcceptsAndLabelRunsWith) {
    const ModelServer model([](std::string_view) { return says(R"({"entities":[{"label":"PER","text":"Ada"}]})"); });
    folder.write("tickets.jsonl",
                 "{\"ticket_id\":1,\"body\":\"Ada called.\"}\n{\"ticket_id\":2,\"body\":\"Ada called again.\"}\n");
    const auto ended = init("--kind ner --labels PER,ORG --model m --base-url " + model.base_url() + " --from " +
                            folder.path("tickets.jsonl"));
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("the text is in /body, the id in /ticket_id"), HasSubstr("prelabel check"),
                                 HasSubstr("prelabel label"), Not(HasSubstr("OPENAI_API_KEY"))));
    const std::string config = " -c " + folder.path("prelabel.yaml");
    EXPECT_EQ(run("check" + config).code, done);
    EXPECT_EQ(run("label " + folder.path("tickets.jsonl") + config + " -q -o " + folder.path("out.jsonl")).code, done);
    EXPECT_THAT(folder.read("out.jsonl"), AllOf(HasSubstr("\"Ada\""), HasSubstr("\"tickets\"")));
}

TEST_F(InitCommand, FindsTheColumnsOfATable) {
    folder.write("tickets.csv", "ticket_id;body\n1;Ada called about the router.\n2;Grace called about the bill.\n");
    const auto ended = init("--labels PER --model m --from " + folder.path("tickets.csv"));
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("the text is in /body, the id in /ticket_id"));
}

TEST_F(InitCommand, TakesAFolderAsLabelDoes) {
    std::filesystem::create_directory(folder.path("tickets"));
    folder.write("tickets/a.jsonl", "{\"Nr\":1,\"body\":\"Ada called.\"}\n{\"Nr\":2,\"body\":\"Ada called.\"}\n");
    const auto ended = init("--labels PER --model m --from " + folder.path("tickets/"));
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("the text is in /body, the id in /Nr"));
    EXPECT_THAT(folder.read("task.yaml"), HasSubstr("name: tickets\n"));
}

TEST_F(InitCommand, SaysWhereNoFieldIsAnId) {
    folder.write("tickets.jsonl", "{\"body\":\"Ada called.\"}\n");
    const auto ended = init("--labels PER --model m --from " + folder.path("tickets.jsonl"));
    EXPECT_THAT(ended.out, HasSubstr("the text is in /body, and no field tells the documents apart"));
}

TEST_F(InitCommand, NamesTheCureOfAnotherEncoding) {
    folder.write("latin.csv", "id;body\n1;Caf\xE9 M\xFCller called.\n");
    const auto ended = init("--labels PER --model m --from " + folder.path("latin.csv"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, HasSubstr("iconv -f"));
    EXPECT_TRUE(wrote_nothing());
}

TEST_F(InitCommand, ChecksAtOnceWithAKey) {
    ::setenv("OPENAI_API_KEY", "sk-init-1", 1);
    const auto ended = init("--labels PER --model m");
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("export OPENAI_API_KEY="));
    EXPECT_EQ(run("check -c " + folder.path("prelabel.yaml")).code, done);
    ::unsetenv("OPENAI_API_KEY");
}

TEST_F(InitCommand, OverwritesNothing) {
    for (const char* name : {"task.yaml", "prelabel.yaml"}) {
        folder.write(name, "mine\n");
        const auto ended = init("--labels PER --model m");
        EXPECT_EQ(ended.code, wrong_usage);
        EXPECT_THAT(ended.err, HasSubstr("exists already, and nothing is overwritten"));
        EXPECT_EQ(folder.read(name), "mine\n");
        std::filesystem::remove(folder.path(name));
        EXPECT_TRUE(wrote_nothing());
    }
}

TEST_F(InitCommand, SaysWhatIsMissingWhereNobodyCanBeAsked) {
    for (const char* arguments : {"", "--labels PER", "--model m", "--labels , --model m"}) {
        const auto ended = init(arguments);
        EXPECT_EQ(ended.code, wrong_usage) << arguments;
        EXPECT_THAT(ended.err, AllOf(HasSubstr("--labels"), HasSubstr("--model"))) << arguments;
        EXPECT_TRUE(wrote_nothing());
    }
}

TEST_F(InitCommand, LeavesNothingBehindWhereTheAnswersDoNotFit) {
    EXPECT_EQ(init("--labels PER,PER --model m").code, wrong_usage);
    EXPECT_TRUE(wrote_nothing());
    EXPECT_EQ(init("--labels PER --model m --from /no/such.jsonl").code, wrong_usage);
    folder.write("numbers.jsonl", "{\"n\":1}\n");
    const auto ended = init("--labels PER --model m --from " + folder.path("numbers.jsonl"));
    EXPECT_EQ(ended.code, wrong_usage);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("no field holds a text"), HasSubstr("fields: /n")));
    EXPECT_TRUE(wrote_nothing());
}

TEST_F(InitCommand, PlainTextHasNoFields) {
    folder.write("notes.txt", "Ada called.\n");
    EXPECT_EQ(init("--labels PER --model m --from " + folder.path("notes.txt")).code, done);
    EXPECT_THAT(folder.read("prelabel.yaml"), Not(HasSubstr("input:")));
    EXPECT_THAT(folder.read("task.yaml"), HasSubstr("name: notes\n"));
}

}  // namespace
}  // namespace prelabel::app
