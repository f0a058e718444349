#include <prelabel/flow/spend_budget.hpp>

#include <algorithm>

namespace prelabel::flow {

SpendBudget::SpendBudget(double usd_max) : usd_max_(usd_max) {}

bool SpendBudget::allows(double usd) const { return spent_ + reserved_ + usd <= usd_max_; }

void SpendBudget::reserve(double usd) { reserved_ += usd; }

void SpendBudget::settle(double reserved, double paid) {
    reserved_ = std::max(0.0, reserved_ - reserved);  // sums of doubles may end below zero
    spent_ += paid;
}

}  // namespace prelabel::flow
