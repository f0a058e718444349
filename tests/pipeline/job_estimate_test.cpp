#include <prelabel/base/rng.hpp>
#include <prelabel/pipeline/job_estimate.hpp>

#include <cmath>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

TextSize sized(std::uint64_t bytes) { return {.ascii = bytes, .others = 0, .bytes = bytes}; }

JobEstimator priced(Limits limits = {}) {
    return JobEstimator({limits, {.input_per_mtok = 1, .cached_input_per_mtok = 0.1, .output_per_mtok = 10}, 500});
}

llm::Usage used(std::uint64_t requests, std::uint64_t input, std::uint64_t output, std::uint64_t cached = 0) {
    llm::Usage usage;
    usage.requests = requests;
    usage.input_tokens = input;
    usage.output_tokens = output;
    usage.cached_input_tokens = cached;
    return usage;
}

TEST(TextSize, CountsWhatTokenizersTellApart) {
    const auto size = TextSize::of("Ada 東京 🎉");
    EXPECT_EQ(size.ascii, 5U);
    EXPECT_EQ(size.others, 3U);
    EXPECT_EQ(size.bytes, std::string_view("Ada 東京 🎉").size());
}

TEST(JobEstimate, OfNothingIsNothing) {
    const auto job = priced().estimate();
    EXPECT_EQ(job.documents, 0U);
    EXPECT_EQ(job.requests.p95, 0);
    EXPECT_EQ(job.seconds.p95, 0);
    ASSERT_TRUE(job.cost_usd);
    EXPECT_EQ(job.cost_usd->p95, 0);
}

TEST(JobEstimate, GrowsWithDocumentsAndTheLikelyIsBelowTheWorst) {
    auto few = priced();
    auto many = priced();
    for (int i = 0; i < 10; ++i) few.add(sized(400), sized(2'000));
    for (int i = 0; i < 100; ++i) many.add(sized(400), sized(2'000));
    const auto a = few.estimate();
    const auto b = many.estimate();
    EXPECT_EQ(b.documents, 100U);
    for (const auto part : {&JobEstimate::requests, &JobEstimate::input_tokens, &JobEstimate::output_tokens}) {
        EXPECT_LT((b.*part).p50, (b.*part).p95);
        EXPECT_NEAR((b.*part).p50, 10 * (a.*part).p50, 1e-6 * (b.*part).p50);
    }
    EXPECT_NEAR(b.input_tokens.p50, 100 * 2'000 / 4 * 1.02, 1);
    EXPECT_LT(b.cost_usd->p50, b.cost_usd->p95);
}

TEST(JobEstimate, AnUnknownPriceIsNoPriceOfZero) {
    JobEstimator estimator({{}, {}, 500});
    estimator.add(sized(400), sized(2'000));
    EXPECT_FALSE(estimator.estimate().cost_usd);
}

TEST(JobEstimate, AnAnswerIsNoLongerThanItsLimit) {
    auto estimator = priced();
    estimator.add(sized(1'000'000), sized(1'000'000));
    EXPECT_LE(estimator.estimate().output_tokens.p95, 500 * 1.1 + 1);
}

TEST(JobEstimate, CharactersOfOtherScriptsTakeMoreTokensThanTheirBytesWouldSay) {
    auto latin = priced();
    auto japanese = priced();
    latin.add(TextSize::of("abc"), TextSize::of("abc"));
    japanese.add(TextSize::of("東"), TextSize::of("東"));
    EXPECT_LT(latin.estimate().input_tokens.p95, japanese.estimate().input_tokens.p95);
}

TEST(JobEstimate, TheTightestLimitSaysHowLongItTakes) {
    const auto with = [](Limits limits) {
        auto estimator = priced(limits);
        for (int i = 0; i < 600; ++i) estimator.add(sized(400), sized(2'000));
        return estimator.estimate();
    };
    const auto by_requests = with({.requests_per_minute = 60, .tokens_per_minute = 0, .max_in_flight = 64});
    EXPECT_EQ(by_requests.bottleneck, Bottleneck::requests_per_minute);
    EXPECT_NEAR(by_requests.seconds.p50, 600 * 1.02 / 0.995, 2);
    // 510 tokens of the request and 500 of the answer are reserved for each.
    const auto by_tokens = with({.requests_per_minute = 600, .tokens_per_minute = 60'000, .max_in_flight = 64});
    EXPECT_EQ(by_tokens.bottleneck, Bottleneck::tokens_per_minute);
    EXPECT_NEAR(by_tokens.seconds.p50, 600 * 1.02 * 1'000 / 1'000 / 0.995, 10);
    const auto by_number = with({.requests_per_minute = 0, .tokens_per_minute = 0, .max_in_flight = 1});
    EXPECT_EQ(by_number.bottleneck, Bottleneck::max_in_flight);
    EXPECT_GT(by_number.seconds.p50, 300);
}

TEST(JobEstimate, AnEarlierOutputOfTheSameTaskIsMeasured) {
    auto estimator = priced();
    for (int i = 0; i < 50; ++i) estimator.measured(sized(400), sized(2'000), used(1, 700, 40, 350));
    for (int i = 0; i < 1'000; ++i) estimator.add(sized(400), sized(2'000));
    const auto job = estimator.estimate();
    EXPECT_EQ(job.measured, 50U);
    EXPECT_NEAR(job.requests.p50, 1'000, 1e-6);
    EXPECT_NEAR(job.input_tokens.p50, 700'000, 1);
    EXPECT_NEAR(job.output_tokens.p50, 40'000, 1);
    EXPECT_NEAR(job.input_tokens.p95, job.input_tokens.p50, 1) << "all were alike";
    EXPECT_NEAR(job.cost_usd->p50, (350'000 * 1 + 350'000 * 0.1 + 40'000 * 10) / 1e6, 1e-4);
}

TEST(JobEstimate, ADocumentAnsweredByTheCacheMeasuresNothing) {
    auto estimator = priced();
    estimator.measured(sized(400), sized(2'000), used(0, 0, 0));
    EXPECT_EQ(estimator.estimate().measured, 0U);
}

TEST(JobEstimate, AnAnswerWithoutTokenCountsMeasuresNothing) {
    auto guessed = priced();
    auto estimator = priced();
    for (auto* one : {&guessed, &estimator}) one->add(sized(400), sized(2'000));
    estimator.measured(sized(400), sized(2'000), used(1, 0, 0));
    estimator.measured(sized(400), sized(2'000), used(2, 700, 0));
    const auto job = estimator.estimate();
    EXPECT_EQ(job.measured, 0U);
    EXPECT_EQ(job.uncounted, 2U);
    EXPECT_GT(job.input_tokens.p50, 0);
    EXPECT_EQ(job.input_tokens.p50, guessed.estimate().input_tokens.p50);
    EXPECT_EQ(job.output_tokens.p95, guessed.estimate().output_tokens.p95);
    EXPECT_EQ(job.cost_usd->p50, guessed.estimate().cost_usd->p50);
    estimator.measured(sized(400), sized(2'000), used(1, 700, 40));
    EXPECT_EQ(estimator.estimate().measured, 1U);
    EXPECT_NEAR(estimator.estimate().input_tokens.p50, 700, 1e-6) << "of those that are counted";
}

// Jobs are drawn, some of each is measured, and the whole is compared with what was estimated.
TEST(JobEstimate, TheMeasuredEstimateHoldsAsOftenAsItSays) {
    int above_p50 = 0;
    int above_p95 = 0;
    constexpr int jobs = 1'000;
    for (int seed = 0; seed < jobs; ++seed) {
        Rng rng(static_cast<std::uint64_t>(seed));
        auto estimator = priced();
        double truth = 0;
        for (int i = 0; i < 400; ++i) {
            const auto text = static_cast<std::uint64_t>(200 + 800 * rng.uniform());
            const double tokens = static_cast<double>(text) * 0.1 * (0.3 + 1.4 * rng.uniform());
            if (i < 40) {
                estimator.measured(sized(text), sized(1'500 + text), used(1, 500, static_cast<std::uint64_t>(tokens)));
            } else {
                estimator.add(sized(text), sized(1'500 + text));
                truth += std::floor(tokens);
            }
        }
        const auto output = estimator.estimate().output_tokens;
        above_p50 += truth > output.p50;
        above_p95 += truth > output.p95;
    }
    EXPECT_NEAR(above_p50, jobs / 2, 80);
    EXPECT_NEAR(above_p95, jobs / 20, 30);
}

}  // namespace
}  // namespace prelabel::pipeline
