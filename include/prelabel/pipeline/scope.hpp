#pragma once

#include <memory>
#include <utility>

namespace prelabel::pipeline {

/// Whether a partition is still this worker's to finish:
/// abandoned once it was taken away, or when the time to shut down has run out.
struct Lease {
    bool abandoned = false;
};

/// What everything that is done for one document runs under. It goes with every wait and call; what belongs to the
/// document and not to one step of its way (a trace, a budget) is put here.
class Scope {
public:
    explicit Scope(std::shared_ptr<const Lease> lease) : lease_(std::move(lease)) {}

    /// Nobody wants the outcome any more.
    [[nodiscard]] bool abandoned() const { return lease_->abandoned; }

private:
    std::shared_ptr<const Lease> lease_;
};
using ScopePtr = std::shared_ptr<const Scope>;

}  // namespace prelabel::pipeline
