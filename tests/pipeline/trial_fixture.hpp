#pragma once

#include <prelabel/pipeline/trial.hpp>

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace prelabel::pipeline {

inline llm::CallFailure failure(llm::ReplyClass reply, std::string parameter = {}) {
    llm::CallFailure failure;
    failure.reply = reply;
    failure.message = "no";
    failure.parameter = std::move(parameter);
    return failure;
}

/// One document's trial, and others whose calls work or not.
class TrialTest : public ::testing::Test {
protected:
    void others_are_answered() {
        now += std::chrono::milliseconds(1);
        health.answered(now, now + std::chrono::milliseconds(1));
        now += std::chrono::milliseconds(2);
    }
    /// Others are asked and answered while this document's call is under way.
    Decision fails_while_others_are_answered(llm::ReplyClass reply) {
        const TimePoint sent = now;
        others_are_answered();
        ++effort.calls;
        Decision decision = trial.failed({failure(reply), sent, now, whole_minute}, effort, bench());
        now += decision.wait;
        return decision;
    }
    Decision fails(const llm::CallFailure& with) {
        const TimePoint sent = now;
        now += std::chrono::milliseconds(100);
        ++effort.calls;
        Decision decision = trial.failed({with, sent, now, whole_minute}, effort, bench());
        now += decision.wait;
        return decision;
    }
    Decision fails(llm::ReplyClass reply) { return fails(failure(reply)); }
    void others_are_refused(std::size_t how_many) {
        for (std::size_t i = 0; i < how_many; ++i) health.refused(1'000 + i, now);
    }

    Trial::Bench bench() { return {policy, health, rng, last_documents}; }

    flow::RetryPolicy policy{3, std::chrono::minutes(10)};
    flow::EndpointHealth health;
    flow::Effort effort;
    Rng rng{1};
    Trial trial{1};
    TimePoint now = TimePoint{} + std::chrono::hours(1);
    bool last_documents = false;
    bool whole_minute = false;
};

}  // namespace prelabel::pipeline
