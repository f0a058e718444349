#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/signal.hpp>
#include <prelabel/base/enum_array.hpp>
#include <prelabel/flow/circuit_breaker.hpp>
#include <prelabel/flow/concurrency_limit.hpp>
#include <prelabel/flow/learned_rate.hpp>
#include <prelabel/flow/refusal_share.hpp>
#include <prelabel/flow/spend_budget.hpp>
#include <prelabel/flow/token_bucket.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/token_estimator.hpp>
#include <prelabel/pipeline/permit.hpp>
#include <prelabel/pipeline/scope.hpp>
#include <prelabel/pipeline/settings.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace prelabel::pipeline {

/// The one place where calls wait: for a slot, for requests and tokens per minute, for their retry's time, for a
/// provider that asked everybody to hold, for a pause to end, and for money. Within a turn: first come, first served.
///
/// What is configured is never exceeded; below it, what the provider refuses (429) or says in its headers is learned.
/// Threads: confined to the loop.   Bound: waiters are as many as documents in memory.
class Admission {
public:
    Admission(Limits limits, async::Clock& clock, Stats& stats);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;
    ~Admission();

    /// Waits until such a call may be sent. Its tokens are estimated when it is sent, by all that was learned until
    /// then. The permit is empty when the scope may not call any more or the admission closed.
    [[nodiscard]] async::Coroutine<Permit> admit(Demand demand, ScopePtr scope);
    /// A document's own wait before it is tried again. False when it is not to be tried again, as with admit().
    [[nodiscard]] async::Coroutine<bool> wait_until(TimePoint until, ScopePtr scope);

    /// Other limits from now on. What was learned from refusals stays; what headers said of a limit that is no longer
    /// configured is learned anew.
    void limit(const Limits& limits);
    /// No other call is sent until a first one is answered, or has taken so long: what a model does not take is then
    /// refused once, and not to everybody. Zero: nobody waits.
    void first_call_alone(Duration at_most) { alone_at_most_ = at_most; }
    /// The call was refused for its shape: the next one is the first with another.
    void first_call_alone_again();
    /// All calls together cost at most so much: what was paid, and the most that those under way can cost. A call that
    /// does not fit waits until others have cost less than they could. If none is under way the admission closes, and
    /// then `when_spent` is called.
    void spend_at_most(double usd, std::function<void()> when_spent);
    /// Nobody's call is sent before, as the provider wishes.
    void hold_until(TimePoint until);
    /// The same, because what calls buy could not be written now.
    void hold_for_output_until(TimePoint until);
    /// A call needs a person, or calls fail one after another: stop all calls and probe. True when this began a pause.
    bool trip(std::string reason);
    /// A call came back that shows the provider works. True when this ended a pause.
    bool resume();
    [[nodiscard]] bool paused() const { return breaker_.state() != flow::CircuitBreaker::State::closed; }
    /// A call that was sent at `accepted` was answered: suspects that waited by then are asked again, and first.
    void clear_suspects(TimePoint accepted);

    /// How many documents are worth holding in memory: what two minutes of the known limits let through, and no fewer
    /// than keep all slots busy at a slow rate. More would only be bought again after a crash.
    /// `output_tokens_max`: of a call, where none was sent yet.
    [[nodiscard]] std::size_t documents_worth_reading(std::uint64_t output_tokens_max) const;

    /// Sends away the waiters whose scope may not call any more.
    void drop_leaving();
    /// Sends away all waiters, now and later.
    void close();
    [[nodiscard]] bool closed() const { return closed_; }

    /// Counts in the stats what was waited until now: else a long wait would show only when it ends.
    void account() { account(clock_.now()); }

private:
    friend class Permit;

    /// Seconds for each reason.
    using Blocked = EnumArray<WaitReason, double>;
    struct Waiter {
        Demand demand;
        TimePoint since;
        ScopePtr scope;
        Blocked before;  ///< blocked_ when it came
        bool whole_minute = false;
        async::Signal<bool> admitted;
    };
    struct Sleeper {
        ScopePtr scope;
        async::Signal<bool> awake;
    };
    /// Which learned limit holds a call back.
    enum class Learned { nothing, rate, number };
    struct Ready {
        TimePoint at;
        WaitReason reason;
        Learned learned = Learned::nothing;
    };

    Lesson settle(const Permit& permit, const Settlement& settlement);
    void release(const Permit& permit);
    /// A call that was sent at `sent` was answered: the provider takes as many as are under way.
    void answered(TimePoint sent);
    /// A call that was sent at `sent` got a 429. Everybody waits as long as the provider asked. When refusals are so
    /// many that calls have to become fewer, that is learned. Without such a wish everybody waits, longer each time.
    void throttled(TimePoint sent, std::optional<Duration> retry_after, Lesson& lesson);
    /// What the provider's headers say about its limits; configured ones are kept.
    void shown(const llm::ShownLimits& limits, Lesson& lesson);
    /// This process is at a limit of its own (descriptors, ports, memory): fewer calls at once, and a moment of rest.
    void crowded(TimePoint sent, Lesson& lesson);

    [[nodiscard]] Ready ready_at(TimePoint now, const Demand& demand, std::uint64_t tokens) const;
    [[nodiscard]] std::uint64_t tokens_of(const Demand& demand) const;
    [[nodiscard]] bool is_a_whole_minute(std::uint64_t tokens) const {
        return tokens_.per_minute() > 0 && tokens >= tokens_.per_minute();
    }
    [[nodiscard]] std::deque<Waiter*>* next_queue();
    [[nodiscard]] std::size_t waiters() const;
    [[nodiscard]] bool nobody_waits() const { return waiters() == 0; }
    void start(TimePoint now, const Demand& demand, std::uint64_t tokens);
    /// The next call does not fit under the cap, and nothing under way can change that.
    void spent_up();
    /// Calls have to become fewer by this share.
    void cut(TimePoint now, double share);
    void take_back_cut(TimePoint now);
    void show_limits();
    void show_learned();
    void account(TimePoint now);
    /// After calls were kept back: all at once would be refused again. A rate is gentle by itself.
    void begin_gently(TimePoint now);
    /// The wait is over: by what kept it longest.
    void count_wait(const Waiter& waiter);
    void wake_sleepers(TimePoint now);
    void pump();

    Limits limits_;
    async::Clock& clock_;
    Stats& stats_;
    llm::TokenEstimator estimator_;
    flow::TokenBucket requests_;
    flow::TokenBucket tokens_;
    flow::TokenBucket learned_;
    flow::LearnedRate rate_;
    flow::ConcurrencyLimit at_once_;
    flow::RefusalShare refusals_;
    std::pair<flow::LearnedRate, flow::ConcurrencyLimit> before_cut_;
    flow::CircuitBreaker breaker_;
    flow::SpendBudget budget_;
    std::function<void()> when_spent_;
    Duration alone_at_most_{};              // zero once the shape of a call is known to be taken
    std::optional<TimePoint> alone_until_;  // since the first call was sent
    TimePoint held_until_{};
    TimePoint output_held_until_{};
    TimePoint refused_at_{};            // the last wave, by the provider or by this machine
    std::uint32_t holds_in_a_row_ = 0;  // that nobody timed for us
    std::size_t in_flight_ = 0;
    bool ever_cut_ = false;
    bool closed_ = false;
    EnumArray<Turn, std::deque<Waiter*>> queues_;
    std::multimap<TimePoint, Sleeper*> sleepers_;  // documents between two calls
    Blocked blocked_;                              // how long the first in line was kept back, by reason
    std::optional<Ready> blocked_by_;              // since accounted_
    Duration kept_back_by_rate_{};                 // since the last wave
    Duration kept_back_by_number_{};
    TimePoint accounted_;
    async::Timer wake_;
    std::shared_ptr<Admission*> self_ = std::make_shared<Admission*>(this);  // null for the permits that outlive it
};

}  // namespace prelabel::pipeline
