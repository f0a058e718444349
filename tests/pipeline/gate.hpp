#pragma once

#include <prelabel/async/signal.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// What a port does passes while the gate is open and waits while it is shut.
/// pass() gives false when it was turned away.
class Gate {
public:
    void shut() { open_ = false; }
    void open() {
        open_ = true;
        end_waits(true);
    }
    void turn_away() {
        turned_away_ = true;
        end_waits(false);
    }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] async::Coroutine<bool> pass() {
        if (turned_away_) co_return false;
        if (open_) co_return true;
        async::Signal<bool> turn;
        waiting_.push_back(&turn);
        co_return co_await turn.wait();
    }

private:
    void end_waits(bool passed) {
        for (auto* turn : std::exchange(waiting_, {})) turn->set(passed);
    }
    bool open_ = true;
    bool turned_away_ = false;
    std::vector<async::Signal<bool>*> waiting_;
};

}  // namespace prelabel::pipeline
