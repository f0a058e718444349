#include "sim_outbox.hpp"

#include "draw.hpp"
#include "sim_document.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::sim {
namespace {

Error dependency(std::string message) { return {Fault::dependency, std::move(message)}; }

}  // namespace

SimOutbox::SimOutbox(World world, const Member& member, SimSource& source, std::uint64_t seed)
    : world_(world), member_(member), source_(source), rng_(seed) {}

SimOutbox::~SimOutbox() = default;

Coroutine<Result<>> SimOutbox::publish(pipeline::Output output) {
    if (closed_) co_return dependency("simulated: closed");
    const TimePoint now = world_.clock.now();
    if (stalled_until_ > now) world_.happened.add(Happening::stalled_write);
    const TimePoint acknowledged = std::max(stalled_until_, now) + between(rng_, 200, 15'000);
    const bool in_time = co_await wait_until(acknowledged);
    if (!in_time || !member_.alive || rng_.chance(world_.faults.write_fails)) {
        if (in_time && rng_.chance(world_.faults.write_late)) {
            Late& late = late_.emplace_back(this, std::move(output));
            world_.clock.arm(late.timer, world_.clock.now() + between(rng_, 1, 5'000'000));
        }
        co_return dependency("simulated: no leader");
    }
    if (refuses(output)) {
        world_.happened.add(Happening::refused_write);
        co_return Error{Fault::input, "simulated: larger than the broker takes"};
    }
    world_.topic.publish(std::move(output));
    if (rng_.chance(world_.faults.write_unheard)) {
        world_.happened.add(Happening::unheard_write);
        co_return dependency("simulated: the acknowledgement was lost");
    }
    co_return Result<>();
}

Coroutine<Result<>> SimOutbox::commit(pipeline::AskProgress ask, TimePoint) { return source_.commit(ask({})); }

Coroutine<bool> SimOutbox::wait_until(TimePoint until) {
    Waiting wait;
    waiting_.push_back(&wait);
    world_.clock.arm(wait.timer, until);
    const bool in_time = co_await wait.over.wait();
    std::erase(waiting_, &wait);
    co_return in_time;
}

void SimOutbox::arrive(Late& late) {
    if (refuses(late.output)) return;
    world_.happened.add(Happening::late_write);
    world_.topic.publish(std::move(late.output));
}

bool SimOutbox::refuses(const pipeline::Output& output) const {
    return !output.value.empty() && output.key && world_.oversized.contains(std::stoul(output.key->substr(1)));
}

Coroutine<> SimOutbox::close(TimePoint) {
    closed_ = true;
    // What the queue holds is given up; what is on its way is acknowledged first.
    for (Waiting* wait : waiting_) {
        if (wait->over.is_set() || stalled_until_ <= world_.clock.now()) continue;
        world_.clock.disarm(wait->timer);
        wait->over.set(false);
    }
    co_return;
}

}  // namespace prelabel::sim
