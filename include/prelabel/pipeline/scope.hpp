#pragma once

#include <memory>
#include <utility>

namespace prelabel::pipeline {

/// Whether a partition is still this worker's to finish.
struct Lease {
    bool leaving = false;    ///< it is being given back, or the worker stops: no call is begun for it any more
    bool abandoned = false;  ///< it was taken away, or the time to finish what was under way has run out
};

/// What everything that is done for one document runs under. It goes with every wait and call; what belongs to the
/// document and not to one step of its way (a trace, a budget) is put here.
class Scope {
public:
    explicit Scope(std::shared_ptr<const Lease> lease) : lease_(std::move(lease)) {}

    /// Nobody wants the outcome any more.
    [[nodiscard]] bool abandoned() const { return lease_->abandoned; }
    /// A call may be begun for it. What waits for one is the next owner's to ask.
    [[nodiscard]] bool may_call() const { return !lease_->leaving && !lease_->abandoned; }

private:
    std::shared_ptr<const Lease> lease_;
};
using ScopePtr = std::shared_ptr<const Scope>;

}  // namespace prelabel::pipeline
