#pragma once

#include "http/abort_list.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/async/signal.hpp>

#include <list>

namespace prelabel::http {

/// Coroutines that wait for news, first come first served.
/// Lifetime: clock and abort list outlive the waits.   Threads: confined to the loop.
class Waiters {
public:
    Waiters(async::Clock& clock, AbortList& aborts) : clock_(clock), aborts_(aborts) {}
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    void wake_first() {
        if (!waiting_.empty()) waiting_.front()->wake();
    }
    void wake_all() {
        while (!waiting_.empty()) wake_first();
    }
    /// Completes when woken, when `until` is reached or when calls are aborted.
    [[nodiscard]] async::Coroutine<> wait(TimePoint until);

private:
    /// Leaves the line when woken, so that the next news is the next one's, and when its coroutine is destroyed.
    class Waiter {
    public:
        explicit Waiter(std::list<Waiter*>& line) : line_(line), place_(line.insert(line.end(), this)) {}
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        ~Waiter() { leave(); }

        void wake() {
            leave();
            if (!woken_.is_set()) woken_.set({});
        }
        [[nodiscard]] async::Coroutine<async::Done> woken() { return woken_.wait(); }

    private:
        void leave() {
            if (in_line_) line_.erase(place_);
            in_line_ = false;
        }

        std::list<Waiter*>& line_;
        std::list<Waiter*>::iterator place_;
        bool in_line_ = true;
        async::Signal<async::Done> woken_;
    };

    async::Clock& clock_;
    AbortList& aborts_;
    std::list<Waiter*> waiting_;
};

inline async::Coroutine<> Waiters::wait(TimePoint until) {
    if (aborts_.aborted()) co_return;
    Waiter waiter(waiting_);
    async::Timer timer([&waiter] { waiter.wake(); });
    const AbortList::Entry abort(aborts_, [&waiter] { waiter.wake(); });
    clock_.arm(timer, until);
    static_cast<void>(co_await waiter.woken());
    clock_.disarm(timer);
}

}  // namespace prelabel::http
