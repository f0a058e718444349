#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/llm/completion.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace prelabel::pipeline {

class Admission;

/// Whose turn it is when a call may be sent. Retries and re-asks go first, so that the oldest offsets are committed;
/// documents that may themselves be the reason why they failed go when nothing else waits or is under way, so that
/// others can show whether they are.
/// While calls are stopped a new document goes first: what failed before is a bad probe.
enum class Turn { again, fresh, suspect };

/// What a call asks of the limits.
struct Demand {
    std::size_t body_bytes = 0;           ///< its input tokens are estimated from these when it is sent
    std::uint64_t output_tokens_max = 0;  ///< providers count these on arrival, used or not
    Turn turn = Turn::fresh;
    double cost_max_usd = 0;  ///< what it can cost at most; 0 where that is not known
};

/// What became of a call.
struct Settlement {
    llm::ReplyClass reply = llm::ReplyClass::answered;
    std::uint64_t input_tokens = 0;         ///< as the provider counted them; 0: not said
    std::optional<Duration> retry_after{};  ///< what the provider asked everybody for
    llm::ShownLimits limits{};              ///< that the reply's headers state
    std::optional<double> cost_usd = 0.0;   ///< none: nobody knows, and it is taken for the most that it can be
};

/// What the limits learned from a call.
struct Lesson {
    bool limits_are_new = false;  ///< the headers said limits that were not known
    bool learned_first = false;   ///< the rate or the number of calls changed by a refusal for the first time
    bool crowded_first = false;   ///< the first call of a wave that met a limit of this machine
    Duration wait{};              ///< this call's own before it is tried again; others go on
};

/// The right to one call: a slot, one request and its tokens. It is settled with what became of the call, and gives the
/// slot back when it ends. One that ends unsettled teaches nothing.
///
/// Threads: confined to the loop.   Lifetime: may end after its admission, when a loop is torn down.
class Permit {
public:
    /// No right to anything: whoever waited is not to call any more.
    Permit() = default;
    Permit(Permit&& other) noexcept
        : admission_(std::move(other.admission_)),
          demand_(other.demand_),
          sent_(other.sent_),
          whole_minute_(other.whole_minute_),
          settled_(other.settled_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit();

    explicit operator bool() const { return admission_ != nullptr; }
    /// When it was given, which is when the call is sent.
    [[nodiscard]] TimePoint sent() const { return sent_; }
    /// It was charged all the tokens of a minute: nobody else was called while it waited.
    [[nodiscard]] bool whole_minute() const { return whole_minute_; }
    /// Of the request that was admitted.
    [[nodiscard]] std::size_t body_bytes() const { return demand_.body_bytes; }
    /// Once, as soon as the call is over.
    Lesson settle(const Settlement& settlement);

private:
    friend class Admission;
    Permit(std::shared_ptr<Admission*> admission, const Demand& demand, TimePoint sent, bool whole_minute)
        : admission_(std::move(admission)), demand_(demand), sent_(sent), whole_minute_(whole_minute) {}

    std::shared_ptr<Admission*> admission_;  // which points to null once it is gone
    Demand demand_;
    TimePoint sent_{};
    bool whole_minute_ = false;
    bool settled_ = false;
};

}  // namespace prelabel::pipeline
