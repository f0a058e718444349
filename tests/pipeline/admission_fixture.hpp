#pragma once

#include "fake_loop.hpp"

#include <prelabel/pipeline/admission.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// What was admitted so far, by name, and the permits that have not ended.
struct Entered {
    std::vector<std::string> names;
    std::deque<Permit> permits;
};

inline async::Coroutine<bool> enter(Admission* admission, std::string name, Entered* entered, Demand demand,
                                    TimePoint not_before, ScopePtr scope) {
    const bool waited = co_await admission->wait_until(not_before, scope);
    if (!waited) co_return false;
    Permit permit = co_await admission->admit(demand, std::move(scope));
    if (!permit) co_return false;
    entered->names.push_back(std::move(name));
    entered->permits.push_back(std::move(permit));
    co_return true;
}

/// Before anything was learned a byte is taken for half a token.
constexpr std::size_t bytes_of(std::size_t tokens) { return 2 * tokens; }

class AdmissionTest : public ::testing::Test {
protected:
    Admission& with(Limits limits) {
        entered_.permits.clear();
        admission_.emplace(limits, loop.clock(), stats);
        return *admission_;
    }
    auto ask(const std::string& name, std::size_t tokens = 1, Turn turn = Turn::fresh, TimePoint not_before = {}) {
        const Demand demand{.body_bytes = bytes_of(tokens), .output_tokens_max = 0, .turn = turn};
        return loop.start(
            enter(&*admission_, name, &entered_, demand, not_before, std::make_shared<const Scope>(lease)));
    }
    void ask_many(std::size_t how_many, std::size_t tokens = 1) {
        for (std::size_t i = 0; i < how_many; ++i) ask(std::to_string(i), tokens);
    }
    /// The oldest call is over.
    Lesson end(const Settlement& settlement) {
        Permit permit = keep_the_oldest();
        return permit.settle(settlement);
    }
    Permit keep_the_oldest() {
        Permit permit = std::move(entered_.permits.front());
        entered_.permits.pop_front();
        return permit;
    }
    void drop() { entered_.permits.pop_front(); }
    /// The oldest call came to nothing that says anything of the limits.
    void end() { end({.reply = llm::ReplyClass::connection}); }
    Lesson end_throttled(std::optional<Duration> retry_after) {
        return end({.reply = llm::ReplyClass::throttled, .retry_after = retry_after});
    }
    void answer(std::size_t how_many) {
        for (std::size_t i = 0; i < how_many; ++i) end(Settlement{});
        loop.settle();
    }
    std::vector<std::string>& order() { return entered_.names; }
    void TearDown() override {
        if (admission_) admission_->close();
        loop.finish();
    }
    Admission& admission() { return *admission_; }
    std::uint64_t waits(WaitReason reason) const { return stats.waits[reason]; }
    double waited(WaitReason reason) const { return stats.wait_seconds[reason]; }

    FakeLoop loop;
    Stats stats;
    std::shared_ptr<Lease> lease = std::make_shared<Lease>();

private:
    Entered entered_;
    std::optional<Admission> admission_;
};

using Order = std::vector<std::string>;

}  // namespace prelabel::pipeline
