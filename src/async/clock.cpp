#include <prelabel/async/clock.hpp>
#include <prelabel/async/signal.hpp>

namespace prelabel::async {

Coroutine<> sleep_until(Clock& clock, TimePoint until) {
    Signal<Done> passed;
    Timer timer([&passed] { passed.set(Done{}); });  // disarms itself when this frame is destroyed before its time
    clock.arm(timer, until);
    co_await passed.wait();
}

}  // namespace prelabel::async
