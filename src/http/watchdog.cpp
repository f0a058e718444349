#include "http/watchdog.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::http {
namespace {

TimePoint after(TimePoint from, Duration wait) {
    return wait < TimePoint::max() - from ? from + wait : TimePoint::max();
}

}  // namespace

Watchdog::Watchdog(async::Clock& clock, std::function<void()> expire)
    : clock_(clock), expire_(std::move(expire)), timer_([this] { fire(); }) {}

void Watchdog::start(TimePoint now, TimePoint total, Duration idle) {
    total_ = total;
    last_ = now;
    idle_ = idle;
    expired_ = Expired::no;
    clock_.arm(timer_, std::min(total_, after(last_, idle_)));
}

void Watchdog::limit_idle(Duration idle) {
    if (idle == idle_) return;
    idle_ = idle;
    touch();
    clock_.arm(timer_, std::min(total_, after(last_, idle_)));
}

void Watchdog::fire() {
    const TimePoint now = clock_.now();
    const TimePoint idle_at = after(last_, idle_);
    if (now < total_ && now < idle_at) {
        clock_.arm(timer_, std::min(total_, idle_at));
        return;
    }
    expired_ = now >= total_ ? Expired::total : Expired::idle;
    expire_();
}

}  // namespace prelabel::http
