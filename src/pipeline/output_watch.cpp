#include <prelabel/pipeline/output_watch.hpp>

#include <string>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr Duration turn = std::chrono::seconds(1);

std::string seconds_of(Duration time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

}  // namespace

OutputWatch::OutputWatch(Context context)
    : context_(std::move(context)), timer_([this] { look(); }), progress_(context_.clock.now()) {}

OutputWatch::~OutputWatch() { context_.clock.disarm(timer_); }

void OutputWatch::waits() {
    if (context_.stats.outputs_waiting++ > 0) return;
    progress_ = context_.clock.now();
    if (!timer_.armed()) context_.clock.arm(timer_, progress_ + context_.patience);
}

void OutputWatch::ended(bool durable) {
    --context_.stats.outputs_waiting;
    if (!durable) return;
    progress_ = context_.clock.now();
    if (std::exchange(stuck_, false)) context_.on_event(Learned{"outputs are written again"});
}

void OutputWatch::look() {
    if (context_.stats.outputs_waiting == 0) {
        stuck_ = false;
        return;
    }
    const TimePoint now = context_.clock.now();
    if (now < progress_ + context_.patience) return context_.clock.arm(timer_, progress_ + context_.patience);
    if (!std::exchange(stuck_, true))
        context_.on_event(Trouble{"outputs wait, and none could be written for " + seconds_of(context_.patience) +
                                  " s: no calls are sent until one is"});
    context_.hold_calls_until(now + 2 * turn);
    context_.clock.arm(timer_, now + turn);
}

}  // namespace prelabel::pipeline
