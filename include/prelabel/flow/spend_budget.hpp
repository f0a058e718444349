#pragma once

#include <limits>

namespace prelabel::flow {

/// A cap on what calls cost. What was paid, together with the most that the calls under way may still cost, is never
/// above it: a call is begun only if the cap holds even in the worst case.
///
/// Unit:  US dollars.
/// Bound: the sum of what is paid, as long as no call costs more than was reserved for it.
class SpendBudget {
public:
    /// Without an argument: no cap.
    explicit SpendBudget(double usd_max = std::numeric_limits<double>::infinity());

    /// Whether a call that costs at most `usd` may be begun now. If not, it may later, when calls under way have cost
    /// less than was reserved.
    [[nodiscard]] bool allows(double usd) const;
    /// The call is begun.
    void reserve(double usd);
    /// A call is over: what was reserved for it, and what it did cost.
    void settle(double reserved, double paid);

private:
    double usd_max_;
    double spent_ = 0;
    double reserved_ = 0;
};

}  // namespace prelabel::flow
