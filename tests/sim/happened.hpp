#pragma once

#include <prelabel/pipeline/dead_letter.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace prelabel::sim {

/// What can happen in a world. Each must happen in some world, or the simulation is blind to it and its test fails.
enum class Happening {
    kill,
    loss,            // a member lost its partitions and lives on
    late_commit,     // a member that had lost its partitions committed, not knowing it
    late_write,      // a write that was given up arrives after all
    unheard_write,   // written, and the acknowledgement lost
    unheard_commit,  // applied, and the answer lost
    refused_write,   // the broker refuses a lone record for good
    stalled_write,   // the producer's queue is full for a while
    partial_revocation,
    truncation,  // a partition begins again with lower offsets
    finite_input,
    finite_input_failed,  // its provider was away for good, the next run went on
    revocation,
    abandoned,
    published_again,
    pause,
    resume,
    retry,
    reask,
    shared_call,
    cache_hit,
    write_failure,
    commit_failure,
    partial_record,
    throttled_by_load,     // a 429 because too much came at once
    refused_everybody,     // a time in which the provider refuses every request
    waited_past_deadline,  // a document waited for quota longer than its retry deadline, and was not dead-lettered
    quota_measured,        // a run long enough to ask whether the quota was used
    malformed_input,
    too_large,
    invalid_answer,
    refused,
    context_length,
    request_rejected,
    deadline,
    count_,
};
inline constexpr std::size_t happening_count = static_cast<std::size_t>(Happening::count_);

[[nodiscard]] std::string_view to_string(Happening happening);

/// The dead letters among them.
inline constexpr std::array<std::pair<pipeline::DeadLetterClass, Happening>, 7> dead_letter_happenings{{
    {pipeline::DeadLetterClass::malformed_input, Happening::malformed_input},
    {pipeline::DeadLetterClass::too_large, Happening::too_large},
    {pipeline::DeadLetterClass::invalid_answer, Happening::invalid_answer},
    {pipeline::DeadLetterClass::refused, Happening::refused},
    {pipeline::DeadLetterClass::context_length, Happening::context_length},
    {pipeline::DeadLetterClass::request_rejected, Happening::request_rejected},
    {pipeline::DeadLetterClass::deadline, Happening::deadline},
}};

/// How often each thing happened.
class Happened {
public:
    void add(Happening what, std::uint64_t times = 1) { counts_[static_cast<std::size_t>(what)] += times; }
    [[nodiscard]] std::uint64_t operator[](Happening what) const { return counts_[static_cast<std::size_t>(what)]; }
    Happened& operator+=(const Happened& other) {
        for (std::size_t i = 0; i < happening_count; ++i) counts_[i] += other.counts_[i];
        return *this;
    }

private:
    std::array<std::uint64_t, happening_count> counts_{};
};

}  // namespace prelabel::sim
