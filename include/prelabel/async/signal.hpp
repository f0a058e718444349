#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/expects.hpp>

#include <optional>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

namespace prelabel::async {

/// One value, passed once from its producer to the one coroutine that waits for it, in either order.
/// The waiter is resumed through the loop, never inside set().
/// Lifetime: must outlive the wait.   Threads: confined to the loop.
template <class T>
class Signal {
public:
    Signal() = default;
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    [[nodiscard]] bool is_set() const { return value_.has_value(); }

    void set(T value) {
        expects(!value_, "a signal is set once");
        value_.emplace(std::move(value));
        if (waiter_) {
            auto waiter = std::move(*waiter_);
            waiter_.reset();
            auto executor = boost::asio::get_associated_executor(waiter);
            boost::asio::post(executor, std::move(waiter));
        }
    }

    [[nodiscard]] Coroutine<T> wait() {
        if (!value_) {
            co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&, void()>(
                [](auto handler, Signal* self) {
                    expects(!self->waiter_, "a signal has one waiter");
                    self->waiter_.emplace(std::move(handler));
                },
                use_coroutine, this);
        }
        co_return std::move(*value_);
    }

private:
    using Waiter = boost::asio::async_result<boost::asio::use_awaitable_t<Executor>, void()>::handler_type;
    std::optional<T> value_;
    std::optional<Waiter> waiter_;
};

/// A signal without a value.
struct Done {};

}  // namespace prelabel::async
