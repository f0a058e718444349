#pragma once

#include "../sim/sim_clock.hpp"

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/expects.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

namespace prelabel::pipeline {

/// A loop in virtual time. Every coroutine of a test must have ended when the test does:
/// who waits in a signal for ever is a leak.
class FakeLoop {
public:
    [[nodiscard]] async::Executor executor() { return context_.get_executor(); }
    sim::SimClock& clock() { return clock_; }
    [[nodiscard]] TimePoint now() const { return clock_.now(); }

    /// What the task gave, once it has ended.
    template <class T>
    std::shared_ptr<std::optional<T>> start(async::Coroutine<T> task) {
        auto result = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(context_, std::move(task), [result](const std::exception_ptr& error, T value) {
            expects(!error, "a task of a test does not throw");
            result->emplace(std::move(value));
        });
        settle();
        return result;
    }

    /// Runs everything that needs no time.
    void settle() {
        context_.restart();
        context_.poll();
    }

    void advance(Duration by) {
        bool there = false;
        async::Timer timer([&there] { there = true; });
        clock_.arm(timer, now() + by);
        settle();
        while (!there) {
            clock_.jump();
            settle();
        }
    }

    /// Runs until nothing is left to wait for.
    void finish() {
        settle();
        while (clock_.jump()) settle();
    }

private:
    boost::asio::io_context context_;
    sim::SimClock clock_;
};

}  // namespace prelabel::pipeline
