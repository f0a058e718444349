#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/async/wheel_clock.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace prelabel::kafka::test {

/// A loop that runs one task after another to its end, so that a test reads from top to bottom. What else lives on the
/// loop goes on meanwhile.
/// Bound: 30 s a task; longer is a failure that ends the test.
class Loop {
public:
    template <class T>
    T run(async::Coroutine<T> task) {
        auto started = start(std::move(task));
        turn_until([&] { return started->done; });
        if (started->error) std::rethrow_exception(started->error);
        if constexpr (!std::is_void_v<T>) return std::move(*started->value);
    }

    template <class T>
    struct Started {
        bool done = false;
        std::exception_ptr error;
        std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
    };

    /// Runs beside what comes next.
    template <class T>
    std::shared_ptr<Started<T>> start(async::Coroutine<T> task) {
        auto started = std::make_shared<Started<T>>();
        if constexpr (std::is_void_v<T>) {
            boost::asio::co_spawn(io_.get_executor(), std::move(task), [started](std::exception_ptr error) {
                started->error = error;
                started->done = true;
            });
        } else {
            boost::asio::co_spawn(io_.get_executor(), std::move(task), [started](std::exception_ptr error, T value) {
                started->error = error;
                if (!error) started->value.emplace(std::move(value));
                started->done = true;
            });
        }
        return started;
    }

    void turn_until(const std::function<bool()>& done, std::chrono::seconds bound = std::chrono::seconds(30)) {
        const auto deadline = std::chrono::steady_clock::now() + bound;
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("the loop did not get there in time");
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds(100));
        }
    }

    /// Lets the loop turn for a while: for what must not happen in that time.
    void turn_for(std::chrono::milliseconds time) {
        io_.restart();
        io_.run_for(time);
    }

    [[nodiscard]] async::Executor executor() { return io_.get_executor(); }
    [[nodiscard]] async::Clock& clock() { return clock_; }

private:
    boost::asio::io_context io_{1};
    async::WheelClock clock_{io_.get_executor()};
};

}  // namespace prelabel::kafka::test
