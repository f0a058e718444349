#include "app/sample_finding.hpp"

#include <prelabel/base/expects.hpp>

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Severity = SampleFinding::Severity;

constexpr std::string_view text = "Ada Lovelace met nobody.";

labeling::Task task_with(std::string schema = {}) {
    labeling::Task task;
    task.name = "people";
    task.labels = {{"PER", ""}};
    task.own_schema = std::move(schema);
    return task;
}

std::unique_ptr<const labeling::TaskKind> kind_of(const labeling::Task& task) {
    auto made = labeling::make_task_kind(task);
    expects(made.has_value(), "the schema of a test can be compiled");
    return std::move(*made);
}

SampleFinding of(std::string content, llm::FinishReason finish = llm::FinishReason::stop, std::string schema = {},
                 std::uint32_t reasks = 2) {
    llm::Completion completion;
    completion.content = std::move(content);
    completion.finish = finish;
    pipeline::Retry retry;
    retry.max_reasks = reasks;
    return of_answer(pipeline::ruling_on(*kind_of(task_with(std::move(schema))), text, completion), completion, retry);
}

TEST(SampleFinding, AGoodAnswerIsInOrder) {
    for (const char* good : {R"({"entities":[]})", R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})"}) {
        const auto finding = of(good);
        EXPECT_EQ(finding.severity, Severity::ok);
        EXPECT_EQ(finding.what, "the answer can be used");
    }
}

TEST(SampleFinding, SaysWhatHadToBeUnderstood) {
    const auto fenced = of("Here:\n```json\n{\"entities\":[]}\n```");
    EXPECT_EQ(fenced.severity, Severity::ok);
    EXPECT_THAT(fenced.what, HasSubstr("code fence"));
    const auto listed = of(R"([{"type":"PER","text":"Ada Lovelace"}])");
    EXPECT_EQ(listed.severity, Severity::ok);
    EXPECT_THAT(listed.what, HasSubstr("another form"));
}

TEST(SampleFinding, WarnsOfWhatWouldBeSetAsideAndShowsNoneOfIt) {
    const auto finding = of(R"({"entities":[{"label":"PER","text":"Ada Lovelace"},{"label":"DOG","text":"nobody"}]})");
    EXPECT_EQ(finding.severity, Severity::warning);
    EXPECT_THAT(finding.what, AllOf(HasSubstr("but for 1 mention (unknown_label)"), Not(HasSubstr("nobody"))));
}

TEST(SampleFinding, SaysWhatLabelWouldDoWithAnAnswerItCannotUse) {
    struct Case {
        const char* name;
        SampleFinding finding;
        const char* what;
        const char* fix;
    };
    using enum llm::FinishReason;
    const std::string demanding = R"({"properties":{"entities":{"items":{"required":["why"]}}}})";
    const char* one = R"({"entities":[{"label":"PER","text":"Ada Lovelace"}]})";
    for (const auto& [name, finding, what, fix] : {
             Case{"prose", of("There is nobody."), "the answer cannot be used: ", "set llm.response_format"},
             Case{"cut", of(R"({"entities":[{"la)", length), "cut off at the output limit", "llm.max_output_tokens"},
             Case{"schema", of(one, stop, demanding), "at /entities/0: breaks \"required\"",
                  "change the task's schema"},
             Case{"foreign", of(R"({"entities":[{"label":"PER","text":"Grace Hopper"}]})"),
                  "none of the entities stands in the document", "set aside all that the answer names; the model"},
             Case{"refused", of("", refusal), "the model refused", "a dead letter (refused)"},
             Case{"filtered", of("", content_filter), "the provider's filter", "a dead letter (content_filter)"},
         }) {
        EXPECT_EQ(finding.severity, Severity::failure) << name;
        EXPECT_THAT(finding.what, AllOf(HasSubstr(what), Not(HasSubstr("Lovelace")), Not(HasSubstr("Hopper")))) << name;
        EXPECT_THAT(finding.fix, AllOf(StartsWith("label would "), HasSubstr(fix))) << name;
    }
}

TEST(SampleFinding, CountsHowOftenLabelWouldAskAgain) {
    EXPECT_THAT(of("no").fix, StartsWith("label would ask again (llm.retry.max_reasks: 2), pay each time, and then "
                                         "make the document a dead letter (invalid_answer); "));
    EXPECT_THAT(of("no", llm::FinishReason::stop, {}, 0).fix,
                StartsWith("label would make the document a dead letter (invalid_answer); "));
}

std::optional<SampleFinding> nothing_found(const std::string& schema) {
    const auto task = task_with(schema);
    return of_nothing_found(task, *kind_of(task));
}

TEST(NothingFound, IsTakenByTheSchemaOfTheLabels) { EXPECT_FALSE(nothing_found("")); }

TEST(NothingFound, HasToMeetTheUsersOwnSchema) {
    const auto taken = nothing_found(R"({"properties":{"entities":{"type":"array","maxItems":9}}})");
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->severity, Severity::ok);
    for (const char* entities : {R"({"type":"array","minItems":1})", R"({"contains":{"type":"object"}})"}) {
        const auto refused = nothing_found(R"({"properties":{"entities":)" + std::string(entities) + "}}");
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->severity, Severity::failure) << entities;
        EXPECT_THAT(
            refused->what,
            StartsWith(R"(the task's schema refuses {"entities":[]}, the answer where nothing is found: at /en)"));
        EXPECT_THAT(refused->fix, HasSubstr("every document without entities a dead letter (invalid_answer)"));
    }
}

TEST(NothingFound, MayNeedMoreThanAnEmptyList) {
    const auto more = nothing_found(R"({"required":["entities","language"]})");
    ASSERT_TRUE(more);
    EXPECT_EQ(more->severity, Severity::warning);
    EXPECT_THAT(more->what, HasSubstr("breaks \"required\""));
}

}  // namespace
}  // namespace prelabel::app
