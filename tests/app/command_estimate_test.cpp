#include "app/estimate_report.hpp"
#include "app/exit_code.hpp"
#include "command_line.hpp"
#include "model_server.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* priced =
    "llm: {model: m, base_url: \"http://127.0.0.1:1/v1\", price: {input_per_mtok: 1, output_per_mtok: 2}}\n";

class EstimateCommand : public CommandTest {
protected:
    EstimateCommand() {
        folder.write(
            "in.jsonl",
            "{\"id\":\"a\",\"text\":\"Ada was here.\"}\n{\"id\":\"b\",\"text\":\"So was Bob.\"}\n{\"id\":\"c\"}\n");
        configure(priced);
    }
    [[nodiscard]] Ended estimate(const std::string& more = "") const {
        return run("estimate " + folder.path("in.jsonl") + config() + more);
    }
};

TEST_F(EstimateCommand, CallsNobodyAndSaysWhatARunWouldTake) {
    const auto ended = estimate();
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("p50"), HasSubstr("p95"), HasSubstr("documents                     2"),
                                 HasSubstr("unreadable                    1"), HasSubstr("input tokens"),
                                 HasSubstr("cost "), HasSubstr("$0.00"), HasSubstr("time ")));
    EXPECT_EQ(ended.err, "");
}

TEST_F(EstimateCommand, AnUnknownPriceIsSaidAndNeverShownAsZero) {
    configure("llm: {model: m}\n");
    const auto ended = estimate();
    EXPECT_THAT(ended.out, AllOf(HasSubstr("unknown: set llm.price"), Not(HasSubstr("$"))));
    EXPECT_THAT(estimate(" --format json").out, HasSubstr("\"cost_usd\": null"));
}

TEST_F(EstimateCommand, IsJsonForScripts) {
    const auto ended = estimate(" --format json");
    EXPECT_THAT(ended.out,
                AllOf(HasSubstr("{\"documents\": 2, \"unreadable\": 1, \"measured\": 0"),
                      HasSubstr("\"input_tokens\": {\"p50\": "), HasSubstr("\"set_by\": \"max_in_flight\"")));
}

TEST_F(EstimateCommand, MeasuresAnEarlierOutputOfTheSameTask) {
    const ModelServer model([](std::string_view) { return says(R"({"entities":[]})"); });
    const std::string out = folder.path("out.jsonl");
    EXPECT_EQ(
        run("label " + folder.path("in.jsonl") + config() + " -q -o " + out + " --set llm.base_url=" + model.base_url())
            .code,
        some_dead_lettered);
    const auto ended = estimate(" --format json --from " + out);
    EXPECT_EQ(ended.code, done) << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("\"measured\": 2"), HasSubstr("\"requests\": {\"p50\": 2, \"p95\": 2}"),
                                 HasSubstr("\"output_tokens\": {\"p50\": 10, ")));
    folder.write("task.yaml", "name: people\nkind: ner\nlabels: [PER]\n");
    const auto other = estimate(" --from " + out);
    EXPECT_EQ(other.code, wrong_usage);
    EXPECT_THAT(other.err, HasSubstr("was made by another task"));
    EXPECT_EQ(estimate(" --from " + folder.path("in.jsonl")).code, wrong_usage) << "no output";
    folder.write("empty.jsonl", "");
    const auto empty = estimate(" --from " + folder.path("empty.jsonl"));
    EXPECT_EQ(empty.code, wrong_usage);
    EXPECT_THAT(empty.err, HasSubstr("empty.jsonl: holds no records to measure"));
}

TEST_F(EstimateCommand, GuessesWhereTheEarlierOutputHasNoTokenCounts) {
    const ModelServer model([](std::string_view) { return says_uncounted(R"({"entities":[]})"); });
    const std::string out = folder.path("out.jsonl");
    EXPECT_EQ(
        run("label " + folder.path("in.jsonl") + config() + " -q -o " + out + " --set llm.base_url=" + model.base_url())
            .code,
        some_dead_lettered);
    const auto guessed = estimate();
    const auto ended = estimate(" --from " + out);
    EXPECT_EQ(ended.code, done) << ended.err;
    const auto numbers = [](const std::string& table) { return table.substr(0, table.find("\nTime is set by")); };
    EXPECT_EQ(numbers(ended.out), numbers(guessed.out));
    EXPECT_THAT(ended.out,
                HasSubstr("\n2 documents of the earlier output came without token counts: there is nothing to "
                          "measure.\n"));
    EXPECT_THAT(estimate(" --format json --from " + out).out, HasSubstr("\"measured\": 0, \"uncounted\": 2,"));
}

TEST(EstimateReport, SaysHowManyDocumentsItIsMeasuredOn) {
    pipeline::JobEstimate job;
    job.measured = 1;
    job.uncounted = 3;
    EXPECT_THAT(estimate_table(job), HasSubstr("Measured on 1 document of the earlier output. Nothing was sent.\n"
                                               "3 documents of the earlier output came without token counts, and say "
                                               "nothing.\n"));
}

TEST(EstimateReport, WritesTimesAsPeopleSayThem) {
    const auto table = [](double seconds) {
        pipeline::JobEstimate job;
        job.seconds = {seconds, seconds};
        return estimate_table(job);
    };
    EXPECT_THAT(table(59), HasSubstr(" 59 s"));
    EXPECT_THAT(table(61), HasSubstr(" 1 min 01 s"));
    EXPECT_THAT(table(3'600 * 2 + 65), HasSubstr(" 2 h 01 min"));
    EXPECT_THAT(table(86'400 * 3 + 7'200), HasSubstr(" 3 d 02 h"));
}

}  // namespace
}  // namespace prelabel::app
