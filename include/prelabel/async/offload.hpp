#pragma once

#include <prelabel/async/signal.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace prelabel::async {

/// A few threads for calls that block (a flush to the disk, the commit of a transaction), so that the loop never waits.
///
/// Bound:    `threads` calls at once; other calls wait in order.
/// Lifetime: its end waits for the calls under way, so each must end by itself. The loop outlives it.
/// Threads:  run() on the loop; the function on one thread of the pool, so it shares no data that the loop may use at
///           the same time. It returns its outcome and does not throw.
class Offload {
public:
    explicit Offload(Executor loop, std::size_t threads = 1) : loop_(std::move(loop)), pool_(threads) {}
    Offload(const Offload&) = delete;
    Offload& operator=(const Offload&) = delete;
    ~Offload() { pool_.join(); }

    /// The function's result. The loop does not run out of work meanwhile.
    template <class Function>
    [[nodiscard]] Coroutine<std::invoke_result_t<Function&>> run(Function function) {
        using Outcome = std::invoke_result_t<Function&>;
        // Shared, because the waiting coroutine may be gone before the function returns.
        auto returned = std::make_shared<Signal<Outcome>>();
        auto loop = boost::asio::prefer(loop_, boost::asio::execution::outstanding_work.tracked);
        boost::asio::post(pool_, [function = std::move(function), returned, loop]() mutable {
            boost::asio::post(loop, [returned = std::move(returned), outcome = function()]() mutable {
                returned->set(std::move(outcome));
            });
        });
        co_return co_await returned->wait();
    }

private:
    Executor loop_;
    boost::asio::thread_pool pool_;
};

}  // namespace prelabel::async
