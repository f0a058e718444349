#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/expects.hpp>

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

namespace prelabel::files {

/// One coroutine under way: its result once it is there.
template <class T>
class Started {
public:
    Started(boost::asio::io_context& context, async::Coroutine<T> task) {
        boost::asio::co_spawn(context.get_executor(), std::move(task), [this](std::exception_ptr failed, T value) {
            expects(!failed, "no exceptions in tests");
            result_.emplace(std::move(value));
        });
    }
    Started(const Started&) = delete;
    Started& operator=(const Started&) = delete;

    [[nodiscard]] bool done() const { return result_.has_value(); }
    [[nodiscard]] T& result() { return *result_; }

private:
    std::optional<T> result_;
};

template <>
class Started<void> {
public:
    Started(boost::asio::io_context& context, async::Coroutine<> task) {
        boost::asio::co_spawn(context.get_executor(), std::move(task), [this](std::exception_ptr failed) {
            expects(!failed, "no exceptions in tests");
            done_ = true;
        });
    }
    Started(const Started&) = delete;
    Started& operator=(const Started&) = delete;
    [[nodiscard]] bool done() const { return done_; }

private:
    bool done_ = false;
};

/// Does all that can be done without waiting.
inline void settle(boost::asio::io_context& context) {
    context.restart();
    context.poll();
}

/// Runs one coroutine to its end.
template <class T>
T finish(boost::asio::io_context& context, async::Coroutine<T> task) {
    Started<T> started(context, std::move(task));
    context.restart();
    context.run();
    expects(started.done(), "the coroutine ends");
    if constexpr (!std::is_void_v<T>) return std::move(started.result());
}

}  // namespace prelabel::files
