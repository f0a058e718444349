#include <prelabel/base/expects.hpp>
#include <prelabel/pipeline/ruling.hpp>

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using llm::FinishReason;

Ruling ruling(std::string content, FinishReason finish) {
    labeling::Task task;
    task.labels = {{"PER", ""}};
    const auto kind = labeling::make_task_kind(task);
    expects(kind.has_value(), "a task with labels can be made");
    llm::Completion completion;
    completion.content = std::move(content);
    completion.finish = finish;
    return ruling_on(**kind, "Ada Lovelace", completion);
}

TEST(Ruling, IsTheKindsWhereTheModelHasAnswered) {
    for (const auto finish : {FinishReason::stop, FinishReason::length, FinishReason::other}) {
        EXPECT_TRUE(std::holds_alternative<labeling::Judged>(ruling(R"({"entities":[]})", finish)));
        EXPECT_TRUE(std::holds_alternative<labeling::Unusable>(ruling("nobody", finish)));
    }
}

TEST(Ruling, EndsTheDocumentThatTheModelOrAFilterRefuses) {
    for (const auto& [finish, reason] : {std::pair{FinishReason::refusal, DeadLetterClass::refused},
                                         std::pair{FinishReason::content_filter, DeadLetterClass::content_filter}}) {
        const Ruling given = ruling(R"({"entities":[]})", finish);
        ASSERT_TRUE(std::holds_alternative<Unanswered>(given));
        EXPECT_EQ(std::get<Unanswered>(given).reason, reason);
    }
}

TEST(Ruling, TellsAnAnswerThatWasCutFromOneThatIsNone) {
    const auto problem = [](FinishReason finish) {
        return std::get<labeling::Unusable>(ruling(R"({"entities":[{"la)", finish)).problem;
    };
    EXPECT_EQ(problem(FinishReason::length), "the answer was cut off at the output limit");
    EXPECT_NE(problem(FinishReason::stop), problem(FinishReason::length));
}

}  // namespace
}  // namespace prelabel::pipeline
