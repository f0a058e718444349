#include <prelabel/pipeline/clock.hpp>
#include <prelabel/pipeline/signal.hpp>

namespace prelabel::pipeline {

Task<> sleep_until(Clock& clock, TimePoint until) {
    Signal<Done> passed;
    Timer timer([&passed] { passed.set(Done{}); });  // disarms itself when this frame is destroyed before its time
    clock.arm(timer, until);
    co_await passed.wait();
}

}  // namespace prelabel::pipeline
