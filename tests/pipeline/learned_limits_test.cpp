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
};

class Enforcer {
public:
    Enforcer(const Enforced& how, TimePoint now) : how_(how), level_(how.bucket), at_(now), began_(now) {}

    FakeProvider::Reply reply(TimePoint now, std::size_t in_flight) {
        const bool crowded = how_.at_once > 0 && in_flight > how_.at_once;
        refill(now);
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
};

class LearnedLimits : public ::testing::TestWithParam<Enforced> {};

TEST_P(LearnedLimits, LoseNobodyFillTheQuotaAndHitItRarely) {
    const Enforced how = GetParam();
    ServiceWorld world;
    Enforcer enforcer(how, world.loop.now());
    world.provider.reply = [&](const std::string&, TimePoint now) {
        return enforcer.reply(now, world.provider.in_flight);
    };
    const TimePoint began = world.loop.now();
    world.ask_many(4'000);
    while (world.waiting() > 0 && world.loop.now() < began + 1h) world.loop.advance(1s);
    EXPECT_EQ(world.answered(), 4'000U) << how.how;

    std::size_t late = 0;
    std::size_t refused = 0;
    for (const auto& call : world.provider.calls) {
        if (call.at < began + 10s) continue;
        ++late;
        refused += call.throttled ? 1 : 0;
    }
    EXPECT_LE(static_cast<double>(refused), 0.05 * static_cast<double>(late))
        << how.how << ": " << refused << " of " << late;
    const double seconds = std::chrono::duration<double>(world.loop.now() - began).count();
    const double rate = how.at_once > 0
                            ? static_cast<double>(how.at_once) / std::chrono::duration<double>(how.answers_take).count()
                        : how.window > Duration{} ? how.bucket / std::chrono::duration<double>(how.window).count()
                                                  : how.per_second;
    const double possible = std::max(10.0, (4'000 - (how.window > Duration{} ? 0 : how.bucket)) / rate);
    RecordProperty("refused", static_cast<int>(refused));
    RecordProperty("used", static_cast<int>(100 * possible / seconds));
    // A number of calls at once is found by trying one more and losing a hold each time.
    EXPECT_GE(possible / seconds, how.at_once > 0 ? 0.7 : 0.8)
        << how.how << ": took " << seconds << " s of " << possible;
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
        Enforced{.how = "500 in each minute of the clock", .bucket = 500, .window = 1min},
        Enforced{.how = "50 in each second", .bucket = 50, .window = 1s},
        Enforced{.how = "5,000 a minute", .bucket = 5'000, .per_second = 5'000.0 / 60},
        Enforced{.how = "8 at once", .at_once = 8},
        Enforced{.how = "8 at once, and does not say how long", .at_once = 8, .says_how_long = false},
        Enforced{.how = "100 at once, slow answers", .at_once = 100, .answers_take = 10s}),
    [](const auto& provider) { return "Number" + std::to_string(provider.index); });

}  // namespace
}  // namespace prelabel::pipeline
