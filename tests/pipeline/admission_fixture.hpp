#pragma once

#include "fake_loop.hpp"

#include <prelabel/pipeline/admission.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline async::Coroutine<bool> enter(Admission* admission, std::string name, std::vector<std::string>* order,
                                    std::size_t body_bytes, Turn turn, TimePoint not_before,
                                    std::shared_ptr<const Lease> lease) {
    const bool waited = co_await admission->wait_until(not_before, lease);
    if (!waited) co_return false;
    const bool admitted = co_await admission->admit(body_bytes, turn, std::move(lease));
    if (admitted) order->push_back(std::move(name));
    co_return admitted;
}

/// Before anything was learned a byte is taken for half a token.
constexpr std::size_t bytes_of(std::size_t tokens) { return 2 * tokens; }

class AdmissionTest : public ::testing::Test {
protected:
    Admission& with(Limits limits) {
        admission_.emplace(limits, 0, loop.clock(), stats);
        return *admission_;
    }
    auto ask(const std::string& name, std::size_t tokens = 1, Turn turn = Turn::fresh, TimePoint not_before = {}) {
        return loop.start(enter(&*admission_, name, &order, bytes_of(tokens), turn, not_before, lease));
    }
    void ask_many(std::size_t how_many, std::size_t tokens = 1) {
        for (std::size_t i = 0; i < how_many; ++i) ask(std::to_string(i), tokens);
    }
    /// All that were admitted so far come back.
    void answer(std::size_t how_many) {
        for (std::size_t i = 0; i < how_many; ++i) {
            admission_->answered(loop.now());
            admission_->release();
        }
        loop.settle();
    }
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
    std::vector<std::string> order;

private:
    std::optional<Admission> admission_;
};

using Order = std::vector<std::string>;

}  // namespace prelabel::pipeline
