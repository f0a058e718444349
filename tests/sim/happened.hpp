#pragma once

#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/enum_names.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <array>
#include <cstdint>
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
    map_unread,      // a new owner was not told what is done
    skipped,         // a record that the map said is done
    refused_write,   // the broker refuses a lone record for good
    stalled_write,   // the producer's queue is full for a while
    partial_revocation,
    gap_at_the_end,  // offsets without a record after the last one
    truncation,      // a partition begins again with lower offsets
    records_lost,    // retention was faster
    finite_input,
    finite_input_failed,  // its provider was away for good, the next run went on
    money_spent,          // all that a run may cost was spent, and the next run went on
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
    charged_in_vain,       // a reply without an answer was charged like one
    cached_input,          // a part of the prompt was cached, and cheaper
    uncounted_answer,      // nobody says how many tokens it took
    refused_a_shape,       // a 400 for a part of the request that is the same for all documents
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
};
constexpr auto enum_names(Happening) {
    return std::to_array<EnumName<Happening>>({
        {Happening::kill, "kill"},
        {Happening::loss, "loss"},
        {Happening::late_commit, "late_commit"},
        {Happening::late_write, "late_write"},
        {Happening::unheard_write, "unheard_write"},
        {Happening::unheard_commit, "unheard_commit"},
        {Happening::map_unread, "map_unread"},
        {Happening::skipped, "skipped"},
        {Happening::refused_write, "refused_write"},
        {Happening::stalled_write, "stalled_write"},
        {Happening::partial_revocation, "partial_revocation"},
        {Happening::gap_at_the_end, "gap at the end"},
        {Happening::truncation, "truncation"},
        {Happening::records_lost, "records_lost"},
        {Happening::finite_input, "finite_input"},
        {Happening::finite_input_failed, "finite_input_failed"},
        {Happening::money_spent, "money_spent"},
        {Happening::revocation, "revocation"},
        {Happening::abandoned, "abandoned"},
        {Happening::published_again, "published_again"},
        {Happening::pause, "pause"},
        {Happening::resume, "resume"},
        {Happening::retry, "retry"},
        {Happening::reask, "reask"},
        {Happening::shared_call, "shared_call"},
        {Happening::cache_hit, "cache_hit"},
        {Happening::write_failure, "write_failure"},
        {Happening::commit_failure, "commit_failure"},
        {Happening::partial_record, "partial_record"},
        {Happening::throttled_by_load, "throttled_by_load"},
        {Happening::charged_in_vain, "charged_in_vain"},
        {Happening::cached_input, "cached_input"},
        {Happening::uncounted_answer, "uncounted_answer"},
        {Happening::refused_a_shape, "refused_a_shape"},
        {Happening::refused_everybody, "refused_everybody"},
        {Happening::waited_past_deadline, "waited_past_deadline"},
        {Happening::quota_measured, "quota_measured"},
        {Happening::malformed_input, "malformed_input"},
        {Happening::too_large, "too_large"},
        {Happening::invalid_answer, "invalid_answer"},
        {Happening::refused, "refused"},
        {Happening::context_length, "context_length"},
        {Happening::request_rejected, "request_rejected"},
        {Happening::deadline, "deadline"},
    });
}

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
    void add(Happening what, std::uint64_t times = 1) { counts_[what] += times; }
    [[nodiscard]] std::uint64_t operator[](Happening what) const { return counts_[what]; }
    Happened& operator+=(const Happened& other) {
        for (const auto what : enum_values<Happening>) counts_[what] += other.counts_[what];
        return *this;
    }

private:
    EnumArray<Happening, std::uint64_t> counts_;
};

}  // namespace prelabel::sim
