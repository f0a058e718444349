#include "app/selection_option.hpp"

#include <string>

#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

files::Selection parsed(const std::string& line) {
    CLI::App cli;
    SelectionOption option;
    option.add_to(cli);
    cli.parse(line);
    return option.selection;
}

TEST(SelectionOption, IsAllTheFirstOrRandomOnes) {
    EXPECT_EQ(parsed("").size(), std::nullopt);
    EXPECT_EQ(parsed("--limit 10").first, 10U);
    EXPECT_EQ(parsed("--sample 10").random, 10U);
    EXPECT_EQ(parsed("--sample 10").seed, files::Selection::seed_default);
    EXPECT_EQ(parsed("--sample 10 --seed 7").seed, 7U);
}

TEST(SelectionOption, RefusesWhatNobodyCanMean) {
    for (const char* line :
         {"--limit 0", "--limit -1", "--limit x", "--sample 0", "--limit 1 --sample 1", "--seed 7", "--limit 1.5"})
        EXPECT_THROW(parsed(line), CLI::ParseError) << line;
}

}  // namespace
}  // namespace prelabel::app
