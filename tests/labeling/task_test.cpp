#include <prelabel/labeling/task.hpp>

#include <functional>
#include <set>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

Task news() {
    return {.name = "news-ner",
            .instructions = "Label every mention, also inside quotations.",
            .labels = {{"PER", "people, also fictional"}, {"ORG", "companies, agencies, teams"}},
            .examples = {{"Ada joined IBM.", {{"PER", "Ada"}, {"ORG", "IBM"}}}},
            .own_schema = {}};
}

TEST(Task, VersionIsTwelveLowerCaseHexDigitsAndStable) {
    EXPECT_EQ(news().version().size(), 12U);
    EXPECT_EQ(news().version().find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(news().version(), news().version());
}

TEST(Task, VersionChangesWithEverythingThatShapesPromptOrAnswer) {
    const std::vector<std::function<void(Task&)>> changes = {
        [](Task& task) { task.instructions += '.'; },
        [](Task& task) { task.labels[0].name = "PERSON"; },
        [](Task& task) { task.labels[0].description.clear(); },
        [](Task& task) { std::swap(task.labels[0], task.labels[1]); },
        [](Task& task) { task.labels.push_back({"LOC", ""}); },
        [](Task& task) { task.examples[0].text += '!'; },
        [](Task& task) { task.examples[0].entities[1].text = "ibm"; },
        [](Task& task) { task.examples[0].entities[1].label = "PER"; },
        [](Task& task) { task.examples.clear(); },
        [](Task& task) { task.own_schema = "{}"; },
    };
    std::set<std::string> versions = {news().version()};
    for (const auto& change : changes) {
        Task task = news();
        change(task);
        EXPECT_TRUE(versions.insert(task.version()).second) << versions.size();
    }
}

TEST(Task, VersionIsBlindToTheNameOnly) {
    Task renamed = news();
    renamed.name = "another";
    EXPECT_EQ(renamed.version(), news().version());
}

TEST(Task, VersionDoesNotConfuseNeighbouringTexts) {
    Task left = news();
    Task right = news();
    left.labels[0] = {"AB", "C"};
    right.labels[0] = {"A", "BC"};
    EXPECT_NE(left.version(), right.version());
}

}  // namespace
}  // namespace prelabel::labeling
