#pragma once

#include <prelabel/base/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

namespace prelabel::flow {

/// Is the document at fault, or the endpoint? A failed call alone does not show it.
/// The calls of other documents at the same time do:
///
///   call of A     sent ─── failed                  → A is at fault: a call sent at the same time was answered
///   call of B        sent ─────────── answered
///
///   call of A       sent ─── failed                → the endpoint, as far as is known: a call sent before the
///   call of B     sent ───────── answered            failures says nothing
///   call of C         sent ─ failed
///
/// Failures return faster than answers: while a call is under way that was sent before the first failure, it is not
/// known yet whether the endpoint still answers.
/// Threads: confined to its worker.
/// Bound:   remembers at most `refused_by_all` + 1 documents of either kind, the calls since the oldest under way, and
///          for the time `remembers` when calls were accepted, to a quarter of a second.
class EndpointHealth {
public:
    /// This many temporary failures in a row, over this time, without an answer, are an outage.
    static constexpr std::uint32_t failures_of_an_outage = 16;
    static constexpr Duration outage_takes = std::chrono::seconds(3);
    /// With fewer calls under way, only its length shows an outage.
    static constexpr Duration long_silence = std::chrono::seconds(30);
    /// Fewer documents than this may all be at fault themselves.
    static constexpr std::size_t few = 3;
    /// This many documents in a row are not all bad: the request that they share is.
    static constexpr std::size_t refused_by_all = 50;

    /// A call that was sent longer ago has been answered or never will be.
    static constexpr Duration remembers = std::chrono::minutes(10);

    using Call = std::uint64_t;

    /// A call is sent. Gives its number for returned(), which is called once for every outcome,
    /// and before the verbs below.
    [[nodiscard]] Call sent(TimePoint now);
    void returned(Call call);

    /// A call that was sent at `sent` was answered.
    void answered(TimePoint sent, TimePoint now);
    /// A document's call failed in a way that may pass with time.
    void failed(std::uint64_t document, TimePoint now);
    /// A document's request was refused, or its reply was not a completion.
    void refused(std::uint64_t document, TimePoint now);
    /// A document has no more calls: its failures do not count any more.
    void left(std::uint64_t document);
    /// Nobody waits longer than this for an endpoint that is away: so long a silence is an outage too.
    void wait_no_longer_than(Duration silence) { silence_max_ = std::min(silence, long_silence); }
    /// A reply showed that the endpoint is there, although it
    /// was not an answer (a 429, the refusal of one document).
    void alive();

    [[nodiscard]] bool ever_answered() const { return answered_at_.has_value(); }
    /// An answer has come after `moment`.
    [[nodiscard]] bool answered_since(TimePoint moment) const { return answered_at_ && *answered_at_ > moment; }
    /// A call that was sent after `moment` has been answered. This is stronger: older calls may be answered although
    /// the endpoint accepts no new ones.
    [[nodiscard]] bool accepted_since(TimePoint moment) const {
        return !accepted_.empty() && accepted_.back().last > moment;
    }
    /// A call that was sent after `from` and not after `to` has been answered by now.
    [[nodiscard]] bool accepted_between(TimePoint from, TimePoint to) const;

    /// When the calls began to fail of which none was answered since.
    [[nodiscard]] TimePoint failing_since() const { return failing_since_; }
    /// No document is answered, and the documents are not at fault.
    [[nodiscard]] bool down(TimePoint now) const;
    /// Too few documents fail to decide, and the endpoint has worked before.
    [[nodiscard]] bool only_a_few_fail() const { return ever_answered() && failing_.size() < few; }
    [[nodiscard]] bool only_a_few_are_refused() const { return ever_answered() && refused_.size() < few; }
    /// This many documents were refused in a row, and no older call is left that might still be answered.
    [[nodiscard]] bool refuses_all(std::size_t in_a_row) const;

private:
    [[nodiscard]] bool older_call_under_way(TimePoint than) const;
    void accept(TimePoint sent);

    struct UnderWay {
        TimePoint sent;
        bool returned;
    };
    std::deque<UnderWay> calls_;  // the front has not returned
    Call first_ = 0;              // the front's number
    std::optional<TimePoint> answered_at_;
    struct Span {
        TimePoint first;
        TimePoint last;
    };
    std::deque<Span> accepted_;  // when calls were sent that have been answered, in order
    // since the last answer:
    std::uint32_t failures_ = 0;
    Duration silence_max_ = long_silence;
    TimePoint failing_since_{};
    std::set<std::uint64_t> failing_;
    TimePoint refusing_since_{};
    std::set<std::uint64_t> refused_;
};

}  // namespace prelabel::flow
