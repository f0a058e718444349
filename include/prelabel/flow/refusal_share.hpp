#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::flow {

/// Whether refusals (429) say that calls are too many. A provider that shares its capacity refuses one call in twenty, or
/// in a thousand, at any rate: calling it less often would only be slower. One whose limit is met refuses most calls
/// until there are fewer, and none when there are a third fewer.
///
/// Up to 3 % of about the last 64 calls are no reason to call less often. More are, but where it is not known that a
/// limit is met, a third fewer calls are tried first: when some of the next 200 are refused all the same, the refusals do
/// not come from our number, and twice their share is granted from then on.
///
/// Threads: confined to its worker.
class RefusalShare {
public:
    enum class Verdict {
        few,        ///< no reason to call less often
        fewer,      ///< calls have to become fewer by share()
        try_fewer,  ///< and by a third to see whether it helps
        helped,     ///< it did: share() less than before it was tried
        in_vain,    ///< it did not: as many as before it was tried
    };

    [[nodiscard]] Verdict answered();
    /// `under_way`: other calls that have no outcome yet. Refusals come back sooner than answers, so that the first
    /// outcomes of many calls are all refusals.
    [[nodiscard]] Verdict refused(std::size_t under_way);
    /// Share of the calls that were refused before the last verdict that asked for fewer.
    [[nodiscard]] double share() const { return share_; }
    /// The share that is refused whatever we do; 0: none is known.
    [[nodiscard]] double granted() const { return granted_; }

private:
    void count(bool refused);
    [[nodiscard]] Verdict judge_try(double share);
    Verdict fewer(double share);
    void begin_anew();

    double recent_ = 0;  // share of the calls that seen_ counts
    double seen_ = 0;
    double share_ = 0;
    double granted_ = 0;
    bool trying_ = false;
    int known_ = 0;            // cuts for which it is known that a limit is met
    std::uint64_t calls_ = 0;  // since the last verdict but `few`
    std::uint64_t refusals_ = 0;
};

}  // namespace prelabel::flow
