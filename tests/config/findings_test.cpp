#include "config/findings.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

TEST(Findings, AreReportedWhereTheKeyWasWritten) {
    const std::vector<Assignment> assignments = {{0, "a", {3, 5, {}}, {}}, {1, "b", {0, 0, "--set b"}, {}}};
    Problems problems;
    Findings findings("f.yaml", assignments, problems);
    EXPECT_TRUE(findings.given("a"));
    EXPECT_TRUE(findings.given("b"));
    EXPECT_FALSE(findings.given("c"));
    findings.report("a", "is no good", "better", "try again");
    findings.report("b", "is no good", "better");
    findings.report("c", "is no good", {});
    EXPECT_EQ(to_string(problems),
              "f.yaml:3:5: a: is no good; expected better; try again\n"
              "--set b: b: is no good; expected better\n"
              "f.yaml: c: is no good\n")
        << "a key that nobody wrote has no line";
}

TEST(Findings, AKeyOfAListStandsWhereItsFirstValueIs) {
    const std::vector<Assignment> assignments = {{0, "a", {1, 1, {}}, {}}, {0, "a", {2, 2, {}}, {}}};
    Problems problems;
    Findings("f.yaml", assignments, problems).report("a", "is given twice", {});
    EXPECT_EQ(to_string(problems), "f.yaml:1:1: a: is given twice\n");
}

}  // namespace
}  // namespace prelabel::config
