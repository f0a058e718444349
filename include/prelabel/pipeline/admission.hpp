#pragma once

#include <prelabel/flow/circuit_breaker.hpp>
#include <prelabel/flow/token_bucket.hpp>
#include <prelabel/pipeline/clock.hpp>
#include <prelabel/pipeline/settings.hpp>
#include <prelabel/pipeline/signal.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

namespace prelabel::pipeline {

/// Whether somebody still wants what is being done: true once the partition was taken away, or time to shut down ran
/// out.
struct Lease {
    bool abandoned = false;
};

/// The one place where calls wait: for a slot, for requests and tokens per minute, for their retry's time, for a
/// provider that asked everybody to hold, and for a pause to end. First come, first served.
///
/// Threads: confined to the loop.   Bound: waiters are as many as documents in memory.
class Admission {
public:
    Admission(Limits limits, Clock& clock, Stats& stats);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;
    ~Admission();

    /// Waits until a call may be sent, not before `not_before`. `tokens`: what the provider will count on arrival.
    /// False when the lease was abandoned or the admission closed; true must be followed by one release().
    [[nodiscard]] Task<bool> admit(std::uint64_t tokens, TimePoint not_before, std::shared_ptr<const Lease> lease);
    /// The admitted call is over, whatever came of it.
    void release();

    /// The provider asked everybody to wait (a 429 with Retry-After).
    void hold_until(TimePoint until);
    /// A call needs a person, or calls fail one after another: stop all calls and probe. True when this began a pause.
    bool trip(std::string reason);
    /// A call came back that shows the provider works. True when this ended a pause.
    bool resume();
    [[nodiscard]] bool paused() const { return breaker_.state() != flow::CircuitBreaker::State::closed; }

    /// Sends away the waiters whose lease was abandoned.
    void drop_abandoned();
    /// Sends away all waiters, now and later.
    void close();
    [[nodiscard]] bool closed() const { return closed_; }

private:
    struct Waiter {
        std::uint64_t tokens;
        TimePoint since;
        WaitReason reason;
        std::shared_ptr<const Lease> lease;
        Signal<bool> admitted;
    };
    struct Ready {
        TimePoint at;
        WaitReason reason;
    };

    [[nodiscard]] Ready ready_at(TimePoint now, std::uint64_t tokens) const;
    void start(TimePoint now, std::uint64_t tokens);
    void pump();

    Limits limits_;
    Clock& clock_;
    Stats& stats_;
    flow::TokenBucket requests_;
    flow::TokenBucket tokens_;
    flow::CircuitBreaker breaker_;
    TimePoint held_until_{};
    std::size_t in_flight_ = 0;
    bool closed_ = false;
    std::deque<Waiter*> queue_;                     // may go as soon as limits allow
    std::multimap<TimePoint, Waiter*> not_before_;  // waiting for their retry's time
    Timer wake_;
};

}  // namespace prelabel::pipeline
