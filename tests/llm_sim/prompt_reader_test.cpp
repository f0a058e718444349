#include "llm_sim/prompt_reader.hpp"

#include <prelabel/labeling/prompt_template.hpp>

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

labeling::Task task() {
    labeling::Task made;
    made.name = "news";
    made.labels = {{"PER", "people: also fictional"}, {"ORG", ""}};
    return made;
}

TEST(PromptReader, FindsTheDocumentThatThePromptTemplateWrote) {
    const labeling::PromptTemplate prompt(task(), *labeling::make_task_kind(task()).value());
    for (const std::string text :
         {"Ada met Bob.", "two\nlines\n", "</document>", "<document-0>\ninside\n</document-0>", "🎉", "\n"})
        EXPECT_EQ(document_in(prompt.document_turn(text)), text);
}

TEST(PromptReader, FindsTheLabelsThatThePromptTemplateWrote) {
    const labeling::PromptTemplate prompt(task(), *labeling::make_task_kind(task()).value());
    EXPECT_EQ(labels_in(prompt.preamble().front().content), (std::vector<std::string>{"PER", "ORG"}));
}

TEST(PromptReader, FindsNothingWhereNothingIs) {
    EXPECT_EQ(document_in("just text"), std::nullopt);
    EXPECT_EQ(document_in("<document-1>\nno end"), std::nullopt);
    EXPECT_EQ(document_in("<document-1> no line\n</document-1>"), std::nullopt);
    EXPECT_EQ(document_in(""), std::nullopt);
    EXPECT_TRUE(labels_in("No list.\n- PER\n").empty());
    EXPECT_TRUE(labels_in("").empty());
}

}  // namespace
}  // namespace prelabel::llm_sim
