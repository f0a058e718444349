#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/async/signal.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

namespace prelabel::async {

/// Coroutines that run beside their owner and are joined before it ends.
/// Lifetime: empty when destroyed, unless the loop itself is destroyed.
/// Errors: an exception that leaves a task ends the process.
class TaskGroup {
public:
    explicit TaskGroup(Executor executor) : executor_(std::move(executor)) {}
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void spawn(Coroutine<> task) {
        ++running_;
        boost::asio::co_spawn(executor_, std::move(task), [this](const std::exception_ptr& error) {
            expects(!error, "a task of a group does not throw");
            if (--running_ == 0 && joiner_) joiner_->set({});
        });
    }

    /// Waits until no task runs. One joiner at a time.
    [[nodiscard]] Coroutine<> join() {
        if (running_ > 0) {
            joiner_.emplace();
            co_await joiner_->wait();
            joiner_.reset();
        }
    }

    [[nodiscard]] std::size_t running() const { return running_; }

private:
    Executor executor_;
    std::size_t running_ = 0;
    std::optional<Signal<Done>> joiner_;
};

}  // namespace prelabel::async
