#include "app/label_tally.hpp"

#include "app/numerals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

LabelTally tally_of_150() {
    LabelTally tally;
    tally.labeled = 150;
    tally.partial = 3;
    tally.dead = 2;
    tally.to_do = 152;
    tally.documents = 152;
    tally.dead_letters = {{"deadline", 1}, {"malformed_input", 1}};
    tally.entities = {{"LOC", 0}, {"ORG", 33}, {"PER", 1'200}};
    tally.usage = {.requests = 151, .input_tokens = 12'345, .cached_input_tokens = 1'024, .output_tokens = 2'345};
    tally.requests = 151;
    tally.calls[llm::ReplyClass::answered] = 151;
    tally.usage.cost_usd = 0.01234;
    tally.priced = true;
    tally.took = 75s;
    tally.output = "out.jsonl";
    tally.dead_letters_at = "out.dead_letters.jsonl";
    return tally;
}

TEST(LabelTally, IsABlockThatSaysWhatCameOutAndWhereItIs) {
    EXPECT_EQ(summary(tally_of_150()),
              "labeled       150 of 152 documents, 3 of them partial\n"
              "dead letters  2 in out.dead_letters.jsonl: 1 deadline, 1 malformed_input\n"
              "entities      PER 1,200, ORG 33\n"
              "tokens        12,345 in (1,024 cached), 2,345 out\n"
              "requests      151\n"
              "cost          $0.0123\n"
              "time          1:15, 2.0 docs/s on average, dead letters included\n"
              "output        out.jsonl\n");
}

TEST(LabelTally, TellsWhatIsThereInAllFromWhatThisRunDid) {
    auto tally = tally_of_150();
    tally.labeled_before = 20;
    tally.skipped = 20;
    tally.documents = 172;
    EXPECT_EQ(summary(tally),
              "labeled       170 of 172 documents, 20 of them by earlier runs\n"
              "dead letters  2 in out.dead_letters.jsonl: 1 deadline, 1 malformed_input\n"
              "output        out.jsonl\n"
              "this run      150 of 152 documents labeled, 3 of them partial, 2 dead letters\n"
              "entities      PER 1,200, ORG 33\n"
              "tokens        12,345 in (1,024 cached), 2,345 out\n"
              "requests      151\n"
              "cost          $0.0123\n"
              "time          1:15, 2.0 docs/s on average, dead letters included\n");
    tally.to_do.reset();
    EXPECT_THAT(summary(tally), HasSubstr("\nthis run      150 documents labeled, 3 of them partial"))
        << "an interrupted run does not know what is left";
}

TEST(LabelTally, SaysThatNothingWasLeftToDoAndNoMore) {
    LabelTally tally;
    tally.labeled_before = 2'998;
    tally.skipped = 3'000;
    tally.to_do = 0;
    tally.documents = 3'000;
    tally.dead_letters = {{"refused", 2}};
    tally.dead_letters_at = "out.dead_letters.jsonl";
    tally.entities = {{"PER", 0}};
    tally.priced = true;
    tally.output = "out.jsonl";
    EXPECT_EQ(summary(tally),
              "labeled       2,998 of 3,000 documents, all of them by earlier runs\n"
              "dead letters  2 in out.dead_letters.jsonl: 2 refused\n"
              "output        out.jsonl\n"
              "this run      nothing was left to do\n");
}

TEST(LabelTally, NeverCountsMoreLabeledDocumentsThanThereAre) {
    pipeline::Stats stats;
    stats.documents_complete = 5;
    LabelTally tally;
    tally.labeled_before = 10;
    count(stats, {.records = 5, .skipped = 0, .wanted = 5, .ended = true}, tally);
    EXPECT_THAT(summary(tally), StartsWith("labeled       15 documents, 10 of them by earlier runs\n"))
        << "a sample of others than those that an earlier --limit chose";
    EXPECT_THAT(summary(tally), HasSubstr("\nthis run      5 of 5 documents labeled\n"));
    EXPECT_EQ(standing(tally), "15 labeled");
    tally = {};
    tally.labeled_before = 100;
    count(stats, {.bytes_read = 900, .bytes_total = 1'000, .records = 0, .skipped = 9}, tally);
    EXPECT_EQ(standing(tally), "105 labeled") << "an estimate from nine documents is no number of documents";
}

TEST(LabelTally, SaysWhichRequestsFailedAndThatTheyWereMadeAgain) {
    auto tally = tally_of_150();
    tally.requests = 132;
    tally.calls[llm::ReplyClass::answered] = 68;
    tally.calls[llm::ReplyClass::throttled] = 40;
    tally.calls[llm::ReplyClass::overloaded] = 24;
    tally.tried_again = 64;
    EXPECT_THAT(summary(tally), HasSubstr("\nrequests      132: 68 answered, 64 failed and were tried again "
                                          "(40 throttled, 24 overloaded)\n"));
    tally.tried_again = 60;
    EXPECT_THAT(summary(tally), HasSubstr("64 failed, of which 60 were tried again (40 throttled"));
    tally.requests = 134;
    tally.tried_again = 0;
    EXPECT_THAT(summary(tally), HasSubstr("64 failed (40 throttled, 24 overloaded), 2 broken off\n"));
    EXPECT_THAT(summary(tally), Not(HasSubstr("asked again")));
    tally.reasks = 1;
    EXPECT_THAT(summary(tally), HasSubstr("\nasked again   1 time: the answer before could not be used\n"));
}

TEST(LabelTally, IsShortWhenLittleHappened) {
    LabelTally tally;
    tally.labeled = 1;
    tally.documents = 1;
    tally.requests = 1;
    tally.calls[llm::ReplyClass::answered] = 1;
    tally.entities = {{"PER", 0}};
    tally.took = 30s;
    tally.output = "-";
    EXPECT_EQ(summary(tally),
              "labeled       1 of 1 document\n"
              "entities      none\n"
              "tokens        the server states none\n"
              "requests      1\n"
              "cost          unknown: llm.price is not set\n"
              "time          0:30, 2.0 docs/min on average\n"
              "output        standard output\n");
}

TEST(LabelTally, NeverCallsACostNothingThatIsUnknownOrSmall) {
    auto tally = tally_of_150();
    tally.usage.cost_usd = 0.00001;
    EXPECT_THAT(summary(tally), HasSubstr("cost          less than $0.0001\n"));
    tally.usage.cost_usd = 0;
    EXPECT_THAT(summary(tally), HasSubstr("cost          $0.0000\n")) << "priced, and everything came from memory";
    tally.priced = false;
    EXPECT_THAT(summary(tally), Not(HasSubstr("$")));
}

TEST(LabelTally, SaysHowMuchOfTheCostIsUnknown) {
    auto tally = tally_of_150();
    tally.usage.uncounted = 40;
    EXPECT_THAT(summary(tally),
                AllOf(HasSubstr("tokens        at least 12,345 in (1,024 cached), 2,345 out\n"),
                      HasSubstr("cost          at least $0.0123: 40 of 151 answers came without token counts\n")));
    tally.usage = {.requests = 1, .uncounted = 1};
    EXPECT_THAT(summary(tally), AllOf(HasSubstr("tokens        the server states none\n"),
                                      HasSubstr("cost          unknown: 1 of 1 answer came without token counts\n")));
    tally.priced = false;
    EXPECT_THAT(summary(tally), HasSubstr("cost          unknown: llm.price is not set\n"));
}

TEST(LabelTally, SaysWhyNoMoreMayBeSpent) {
    EXPECT_EQ(spent_up(0.4, {.requests = 9, .cost_usd = 0.39}),
              "stopped before --max-cost $0.4000: $0.3900 are spent, and the next call could cost too much");
    EXPECT_EQ(spent_up(0.4, {.requests = 9, .cost_usd = 0.02, .uncounted = 5}),
              "stopped before --max-cost $0.4000: 5 of 9 answers came without token counts and are taken for the most "
              "that they can cost, and the next call could cost too much");
}

TEST(LabelTally, NamesTheMostFrequentLabels) {
    LabelTally tally;
    for (int i = 0; i < 14; ++i) tally.entities["L" + std::to_string(i)] = static_cast<std::uint64_t>(100 - i);
    EXPECT_THAT(summary(tally), HasSubstr("L10 90, L11 89, and 2 more labels\n"));
}

TEST(LabelTally, StandsWhereItWasInterrupted) {
    LabelTally tally;
    EXPECT_EQ(standing(tally), "0 labeled") << "of a pipe nobody knows the end";
    tally.documents = 172;
    tally.labeled = 87;
    EXPECT_EQ(standing(tally), "87 of 172 labeled");
    tally.labeled_before = 13;
    tally.dead_letters = {{"refused", 1}};
    tally.documents = 19'000;
    tally.about = true;
    EXPECT_EQ(standing(tally), "100 of about 19,000 labeled, 1 dead letter");
}

TEST(LabelTally, CountsDocumentsAsFarAsTheyAreRead) {
    pipeline::Stats stats;
    stats.documents_complete = 80;
    stats.documents_partial = 7;
    stats.dead_letters[pipeline::DeadLetterClass::deadline] = 2;
    stats.calls_started = 9;
    stats.calls[llm::ReplyClass::rejected] = 1;
    stats.retries = 3;
    stats.shape_refusals = 1;
    stats.reasks = 2;
    stats.entities["PER"][labeling::Match::exact] = 4;
    stats.entities["PER"][labeling::Match::fuzzy] = 1;
    LabelTally tally;
    tally.dead_letters = {{"deadline", 1}};
    count(stats, {.bytes_read = 100, .bytes_total = 100, .records = 150, .skipped = 22, .ended = true}, tally);
    EXPECT_EQ(tally.labeled, 87U);
    EXPECT_EQ(tally.partial, 7U);
    EXPECT_EQ(tally.documents, 172U);
    EXPECT_FALSE(tally.about);
    EXPECT_EQ(tally.dead_letters.at("deadline"), 3U);
    EXPECT_EQ(tally.entities.at("PER"), 5U);
    EXPECT_EQ(tally.dead, 2U) << "of this run";
    EXPECT_EQ(tally.to_do, 150U);
    EXPECT_EQ(tally.skipped, 22U);
    EXPECT_EQ(tally.requests, 9U);
    EXPECT_EQ(tally.calls[llm::ReplyClass::rejected], 1U);
    EXPECT_EQ(tally.tried_again, 4U);
    EXPECT_EQ(tally.reasks, 2U);

    tally = {};
    count(stats, {.bytes_read = 50, .bytes_total = 1'000, .records = 950, .skipped = 22}, tally);
    EXPECT_EQ(tally.documents, 19'000U);
    EXPECT_TRUE(tally.about);
    tally = {};
    count(stats, {.bytes_read = 50, .bytes_total = 1'000, .records = 95, .wanted = 100}, tally);
    EXPECT_EQ(tally.documents, 100U) << "of a selection";
    EXPECT_FALSE(tally.about);
    tally = {};
    count(stats, {.bytes_read = 50, .bytes_total = 0, .records = 950}, tally);
    EXPECT_EQ(tally.documents, std::nullopt);
    count(stats, {.bytes_read = 50, .bytes_total = 1'000}, tally);
    EXPECT_EQ(tally.documents, std::nullopt) << "nothing was given yet";
}

TEST(LabelTally, WritesNumbersForPeople) {
    EXPECT_EQ(counted(0, "document"), "0 documents");
    EXPECT_EQ(counted(1, "document"), "1 document");
    EXPECT_EQ(counted(1'234'567, "document"), "1,234,567 documents");
    EXPECT_EQ(clock_time(59.4), "0:59");
    EXPECT_EQ(clock_time(3'723), "1:02:03");
    EXPECT_EQ(documents_per_time(0), "0.0 docs/s");
    EXPECT_EQ(documents_per_time(0.05), "3.0 docs/min");
    EXPECT_EQ(documents_per_time(12.34), "12.3 docs/s");
    EXPECT_EQ(dollars_at_most(0.0001), "$0.0001");
    EXPECT_EQ(dollars_at_most(0.00123), "$0.0013") << "rounded up: what is said is enough";
    EXPECT_EQ(dollars_at_most(0.0000123), "$0.000013");
    EXPECT_EQ(dollars_at_most(12.341), "$12.35");
    EXPECT_EQ(dollars_at_most(8), "$8.00");
}

}  // namespace
}  // namespace prelabel::app
