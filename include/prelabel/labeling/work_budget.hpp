#pragma once

#include <cstdint>

namespace prelabel::labeling {

/// How much work one document may cause, counted in steps of about a nanosecond. Steps, unlike time, are the same on
/// every machine and in every run, so that a document's record does not depend on what else the processor does.
class WorkBudget {
public:
    explicit WorkBudget(std::uint64_t steps_max) : steps_max_(steps_max) {}

    /// False when that is more than is left; from then on nothing is left.
    [[nodiscard]] bool spend(std::uint64_t steps) {
        exhausted_ = exhausted_ || steps > steps_max_ - spent_;
        if (!exhausted_) spent_ += steps;
        return !exhausted_;
    }
    [[nodiscard]] bool exhausted() const { return exhausted_; }
    [[nodiscard]] std::uint64_t spent() const { return spent_; }

private:
    std::uint64_t steps_max_;
    std::uint64_t spent_ = 0;
    bool exhausted_ = false;
};

}  // namespace prelabel::labeling
