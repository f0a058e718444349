#include <prelabel/base/redaction.hpp>
#include <prelabel/config/problem.hpp>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

Problem problem(std::string what) {
    Problem made;
    made.file = "c.yaml";
    made.line = 12;
    made.column = 5;
    made.key = "llm.model";
    made.what = std::move(what);
    return made;
}

TEST(Problem, SaysPlaceKeyFindingExpectationAndHint) {
    Problem all = problem("found \"many\"");
    all.expected = "an integer from 1 to 9";
    all.hint = "remove the quotes";
    EXPECT_EQ(to_string(all),
              "c.yaml:12:5: llm.model: found \"many\"; expected an integer from 1 to 9; remove the quotes");
}

TEST(Problem, SaysFirstWhatWasProbablyMeant) {
    Problem all = problem("is not a known key");
    all.expected = "one of a, b, c";
    all.hint = "did you mean `b`?";
    EXPECT_EQ(to_string(all), "c.yaml:12:5: llm.model: is not a known key; did you mean `b`? Expected one of a, b, c");
}

TEST(Problem, LeavesOutWhatThereIsNot) {
    EXPECT_EQ(to_string(problem("is missing")), "c.yaml:12:5: llm.model: is missing");
    Problem hinted = problem("is given twice");
    hinted.hint = "remove one of them";
    EXPECT_EQ(to_string(hinted), "c.yaml:12:5: llm.model: is given twice; remove one of them");
    Problem of_file = problem("is empty");
    of_file.line = of_file.column = 0;
    of_file.key.clear();
    EXPECT_EQ(to_string(of_file), "c.yaml: is empty");
}

TEST(Problem, StandsAtTheOptionWhenItWasTypedThere) {
    Problem typed = problem("found \"many\"");
    typed.option = "--set llm.model";
    EXPECT_EQ(to_string(typed), "--set llm.model: llm.model: found \"many\"");
}

TEST(Problem, EachHasALineOfItsOwn) {
    EXPECT_EQ(to_string(Problems{}), "");
    EXPECT_EQ(to_string(Problems{{problem("one"), problem("two")}}),
              "c.yaml:12:5: llm.model: one\nc.yaml:12:5: llm.model: two\n");
}

TEST(Problem, ShowsNoSecretInAnyOfItsParts) {
    keep_secret("pr0blem-s3cr3t-vq");
    Problem all = problem("found \"pr0blem-s3cr3t-vq\"");
    all.file = "pr0blem-s3cr3t-vq.yaml";
    all.key = "pr0blem-s3cr3t-vq";
    all.expected = "not pr0blem-s3cr3t-vq";
    all.hint = "not pr0blem-s3cr3t-vq";
    EXPECT_EQ(to_string(all), "***.yaml:12:5: ***: found \"***\"; expected not ***; not ***");
}

}  // namespace
}  // namespace prelabel::config
