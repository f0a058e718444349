#include <prelabel/flow/refusal_share.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::flow {
namespace {

constexpr double recent_calls = 64;
constexpr double tolerated = 0.03;
constexpr double refusals_at_least = 1.5;  // one is no share
constexpr std::uint64_t refusals_in_vain = 2;
constexpr std::uint64_t calls_to_judge = 64;
constexpr std::uint64_t calls_tried = 200;
/// A limit that is met refuses more than this; less may come at any rate.
constexpr double may_be_granted = 0.25;
constexpr int cuts_known = 3;

}  // namespace

RefusalShare::Verdict RefusalShare::answered() {
    count(false);
    if (!trying_ || calls_ < calls_tried) return Verdict::few;
    trying_ = false;
    known_ = cuts_known;
    begin_anew();
    return Verdict::helped;
}

RefusalShare::Verdict RefusalShare::refused(std::size_t under_way) {
    count(true);
    const double share = static_cast<double>(refusals_) / static_cast<double>(calls_ + under_way);
    if (trying_) return judge_try(share);
    const double refusals = recent_ * seen_;
    const double recently = refusals / std::min(seen_ + static_cast<double>(under_way), recent_calls);
    if (refusals < refusals_at_least || recently <= tolerated + 2 * granted_) return Verdict::few;
    if (share > may_be_granted || known_ > 0) return fewer(share);
    share_ = share;
    trying_ = true;
    begin_anew();
    return Verdict::try_fewer;
}

RefusalShare::Verdict RefusalShare::judge_try(double share) {
    if (refusals_ < refusals_in_vain) return Verdict::few;
    if (share > may_be_granted) return fewer(share);
    if (calls_ < calls_to_judge) return Verdict::few;
    granted_ = std::max(share, share_);
    trying_ = false;
    begin_anew();
    return Verdict::in_vain;
}

RefusalShare::Verdict RefusalShare::fewer(double share) {
    if (share > may_be_granted) {
        known_ = cuts_known;
        granted_ = 0;
    } else {
        --known_;
    }
    trying_ = false;
    share_ = share;
    begin_anew();
    return Verdict::fewer;
}

void RefusalShare::begin_anew() {
    recent_ = 0;
    seen_ = recent_calls;
    calls_ = refusals_ = 0;
}

void RefusalShare::count(bool refused) {
    seen_ = std::min(seen_ + 1, recent_calls);
    recent_ += ((refused ? 1.0 : 0.0) - recent_) / seen_;
    ++calls_;
    refusals_ += refused ? 1 : 0;
}

}  // namespace prelabel::flow
