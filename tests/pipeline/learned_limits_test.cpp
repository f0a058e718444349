#include "service_world.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using namespace std::chrono_literals;
using llm::ReplyClass;

/// How a provider enforces its limit. All refuse with a 429.
struct Enforced {
    const char* how;
    double bucket = 0;          ///< calls it holds; refilled evenly
    double per_second = 0;      ///< 0: no rate
    Duration window{};          ///< or: so many (`bucket`) in each window of the clock
    std::size_t at_once = 0;    ///< 0: any number
    bool says_how_long = true;  ///< with Retry-After
    Duration answers_take = 300ms;
    std::uint64_t one_in = 0;  ///< refuses one call in so many besides, whatever the rate; 0: none
    std::size_t documents = 4'000;
    double used = 0.8;      ///< of what is possible, at least
    double refused = 0.05;  ///< of the calls after ten seconds, at most
};

class Enforcer {
public:
    Enforcer(const Enforced& how, TimePoint now) : how_(how), level_(how.bucket), at_(now), began_(now) {}

    FakeProvider::Reply reply(TimePoint now, std::size_t in_flight) {
        const bool crowded = how_.at_once > 0 && in_flight > how_.at_once;
        refill(now);
        draw_ = draw_ * 6364136223846793005U + 1442695040888963407U;  // D. Knuth's MMIX
        if (how_.one_in > 0 && (draw_ >> 33U) % how_.one_in == 0)
            return {
                FakeProvider::failure(ReplyClass::throttled, how_.says_how_long ? std::optional(100ms) : std::nullopt),
                20ms};
        if (crowded || (how_.bucket > 0 && level_ < 1)) {
            const Duration wait = crowded ? Duration(1s) : until_one(now);
            return {
                FakeProvider::failure(ReplyClass::throttled, how_.says_how_long ? std::optional(wait) : std::nullopt),
                20ms};
        }
        level_ -= 1;
        return {FakeProvider::answer(), how_.answers_take};
    }

private:
    void refill(TimePoint now) {
        if (how_.window > Duration{}) {
            if ((now - began_) / how_.window != (at_ - began_) / how_.window) level_ = how_.bucket;
        } else {
            const double passed = std::chrono::duration<double>(now - at_).count();
            level_ = std::min(how_.bucket, level_ + how_.per_second * passed);
        }
        at_ = now;
    }
    Duration until_one(TimePoint now) const {
        if (how_.window > Duration{}) return how_.window - (now - began_) % how_.window;
        return std::chrono::ceil<Duration>(std::chrono::duration<double>((1 - level_) / how_.per_second));
    }

    Enforced how_;
    double level_;
    TimePoint at_;
    TimePoint began_;
    std::uint64_t draw_ = 0x9E3779B97F4A7C15;
};

/// Calls a second that it takes, once its bucket is empty, from a worker with so many under way.
double rate_of(const Enforced& how, std::size_t in_flight) {
    const auto seconds = [](Duration time) { return std::chrono::duration<double>(time).count(); };
    if (how.at_once > 0) return static_cast<double>(how.at_once) / seconds(how.answers_take);
    if (how.window > Duration{}) return how.bucket / seconds(how.window);
    return how.per_second > 0 ? how.per_second : static_cast<double>(in_flight) / seconds(how.answers_take);
}

class LearnedLimits : public ::testing::TestWithParam<Enforced> {};

TEST_P(LearnedLimits, LoseNobodyFillTheQuotaAndHitItRarely) {
    const Enforced how = GetParam();
    Settings settings;
    if (how.one_in > 0) settings.limits.max_in_flight = 64;
    ServiceWorld world(settings);
    Enforcer enforcer(how, world.loop.now());
    world.provider.reply = [&](const std::string&, TimePoint now) {
        return enforcer.reply(now, world.provider.in_flight);
    };
    const TimePoint began = world.loop.now();
    world.ask_many(how.documents);
    while (world.waiting() > 0 && world.loop.now() < began + 1h) world.loop.advance(1s);
    EXPECT_EQ(world.answered(), how.documents) << how.how;

    std::size_t late = 0;
    std::size_t refused = 0;
    for (const auto& call : world.provider.calls) {
        if (call.at < began + 10s) continue;
        ++late;
        refused += call.throttled ? 1 : 0;
    }
    const double at_any_rate = how.one_in > 0 ? 1 / static_cast<double>(how.one_in) : 0;
    EXPECT_LE(static_cast<double>(refused), (how.refused + at_any_rate) * static_cast<double>(late))
        << how.how << ": " << refused << " of " << late;
    const double seconds = std::chrono::duration<double>(world.loop.now() - began).count();
    const double possible =
        std::max(10.0, (static_cast<double>(how.documents) - (how.window > Duration{} ? 0 : how.bucket)) /
                           rate_of(how, settings.limits.max_in_flight));
    RecordProperty("refused", static_cast<int>(refused));
    RecordProperty("used", static_cast<int>(100 * possible / seconds));
    EXPECT_GE(possible / seconds, how.used) << how.how << ": took " << seconds << " s of " << possible;
}

INSTANTIATE_TEST_SUITE_P(
    Provider, LearnedLimits,
    ::testing::Values(
        Enforced{.how = "500 a minute, a bucket of a minute", .bucket = 500, .per_second = 500.0 / 60},
        Enforced{.how = "500 a minute, and does not say how long",
                 .bucket = 500,
                 .per_second = 500.0 / 60,
                 .says_how_long = false},
        Enforced{.how = "500 a minute, no bursts", .bucket = 10, .per_second = 500.0 / 60},
        Enforced{.how = "500 a minute, slow answers", .bucket = 500, .per_second = 500.0 / 60, .answers_take = 10s},
        Enforced{.how = "500 in each minute of the clock", .bucket = 500, .window = 1min, .refused = 0.06},
        Enforced{.how = "50 in each second", .bucket = 50, .window = 1s, .used = 0.7},
        Enforced{.how = "5,000 a minute", .bucket = 5'000, .per_second = 5'000.0 / 60},
        // A number of calls at once is found by trying one more and losing a hold each time.
        Enforced{.how = "8 at once", .at_once = 8, .used = 0.65},
        Enforced{.how = "8 at once, and does not say how long", .at_once = 8, .says_how_long = false, .used = 0.7},
        Enforced{.how = "100 at once, slow answers", .at_once = 100, .answers_take = 10s, .used = 0.65},
        Enforced{.how = "one in 300, at any rate", .one_in = 300, .documents = 12'000},
        Enforced{
            .how = "one in 300, and does not say how long", .says_how_long = false, .one_in = 300, .documents = 12'000},
        Enforced{.how = "one in 50, at any rate", .one_in = 50, .documents = 12'000},
        Enforced{.how = "one in 20, at any rate", .one_in = 20, .documents = 12'000},
        Enforced{
            .how = "one in 20, and does not say how long", .says_how_long = false, .one_in = 20, .documents = 12'000},
        Enforced{.how = "500 a minute, and one in 20 besides", .bucket = 500, .per_second = 500.0 / 60, .one_in = 20}),
    [](const auto& provider) { return "Number" + std::to_string(provider.index); });

}  // namespace
}  // namespace prelabel::pipeline
