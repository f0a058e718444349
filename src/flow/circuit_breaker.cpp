#include <prelabel/base/expects.hpp>
#include <prelabel/flow/circuit_breaker.hpp>

#include <algorithm>

namespace prelabel::flow {
namespace {

constexpr Duration first_wait = std::chrono::seconds(5);
constexpr Duration longest_wait = std::chrono::seconds(60);

}  // namespace

TimePoint CircuitBreaker::ready_at(TimePoint now) const {
    switch (state_) {
        case State::closed:
            return now;
        case State::open:
            return std::max(now, probe_at_);
        case State::half_open:
            break;
    }
    return TimePoint::max();
}

void CircuitBreaker::on_start(TimePoint now) {
    expects(ready_at(now) <= now, "a call starts only when the breaker is ready");
    if (state_ == State::open) state_ = State::half_open;
}

bool CircuitBreaker::on_success() {
    const bool closes = state_ != State::closed;
    state_ = State::closed;
    wait_ = Duration::zero();
    return closes;
}

bool CircuitBreaker::on_trip(TimePoint now) {
    const bool opens = state_ == State::closed;
    // Calls that were under way when it opened come back one by one: only the probe's own failure lengthens the wait.
    if (state_ != State::open) {
        wait_ = opens ? first_wait : std::min(wait_ * 2, longest_wait);
        probe_at_ = now + wait_;
    }
    state_ = State::open;
    return opens;
}

}  // namespace prelabel::flow
