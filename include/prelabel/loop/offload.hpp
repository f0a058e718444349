#pragma once

#include <prelabel/pipeline/signal.hpp>
#include <prelabel/pipeline/task.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace prelabel::loop {

/// A few threads for calls that block (fsync, a broker's commit), so that the loop never does.
///
/// Bound:    `threads`; work waits its turn in order.
/// Lifetime: the destructor finishes what was started and what waits. It must outlive its callers' tasks.
/// Threads:  run() is called on the loop and completes there; the work runs elsewhere and shares nothing with the loop.
/// Errors:   work must not throw.
class Offload {
public:
    explicit Offload(pipeline::Executor loop, std::size_t threads = 1);
    Offload(const Offload&) = delete;
    Offload& operator=(const Offload&) = delete;
    ~Offload();

    template <class T>
    [[nodiscard]] pipeline::Task<T> run(std::function<T()> work) {
        // Shared, so that a caller destroyed while its work runs leaves no dangling result.
        auto result = std::make_shared<pipeline::Signal<T>>();
        submit([result, work = std::move(work)]() noexcept -> std::function<void()> {
            auto value = std::make_shared<T>(work());
            return [result, value] { result->set(std::move(*value)); };
        });
        co_return co_await result->wait();
    }

private:
    class Pool;
    /// Runs `work` on a thread, then what it returns on the loop.
    void submit(std::function<std::function<void()>()> work);

    std::unique_ptr<Pool> pool_;
};

}  // namespace prelabel::loop
