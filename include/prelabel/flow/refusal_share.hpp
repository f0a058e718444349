#pragma once

#include <cstddef>
#include <cstdint>

namespace prelabel::flow {

/// Whether refusals (429) mean that there are too many calls. A provider that shares its capacity refuses one call in
/// twenty, or in a thousand, at any rate: fewer calls would only be slower. A provider whose limit is reached refuses
/// most calls until there are fewer, and none if there are a third fewer.
///
/// Refusals of up to 3 % of about the last 64 calls are no reason to call less often. More are a reason. But if it is
/// not known that a limit is reached, a third fewer calls are tried first. If some of the next 200 are refused as well,
/// our number of calls is not the cause, and twice the share of refusals is accepted from then on.
///
/// Threads: confined to its worker.
class RefusalShare {
public:
    enum class Verdict {
        few,        ///< no reason for fewer calls
        fewer,      ///< calls have to become fewer by share()
        try_fewer,  ///< and by a third, to see whether this helps
        helped,     ///< it did: fewer by share() than before the try
        in_vain,    ///< it did not: as many as before the try
    };

    [[nodiscard]] Verdict answered();
    /// `under_way`: other calls that have no outcome yet. Refusals return sooner than answers, so the first outcomes of
    /// many calls are all refusals.
    [[nodiscard]] Verdict refused(std::size_t under_way);
    /// Share of the calls that were refused before the last verdict for fewer calls.
    [[nodiscard]] double share() const { return share_; }
    /// The share that is refused at any rate of calls; 0: none is known.
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
    int known_ = 0;            // cuts for which it is known that a limit is reached
    std::uint64_t calls_ = 0;  // since the last verdict but `few`
    std::uint64_t refusals_ = 0;
};

}  // namespace prelabel::flow
