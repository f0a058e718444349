#pragma once

#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/histogram.hpp>
#include <prelabel/llm/reply_class.hpp>
#include <prelabel/llm/request_shape.hpp>
#include <prelabel/pipeline/dead_letter.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace prelabel::pipeline {

/// What a call waited for before it was sent.
enum class WaitReason { in_flight, requests, tokens, retry, provider, paused, cost, output };
constexpr auto enum_names(WaitReason) {
    return std::to_array<EnumName<WaitReason>>({
        {WaitReason::in_flight, "in_flight"},
        {WaitReason::requests, "requests"},
        {WaitReason::tokens, "tokens"},
        {WaitReason::retry, "retry"},
        {WaitReason::provider, "provider"},
        {WaitReason::paused, "paused"},
        {WaitReason::cost, "cost"},
        {WaitReason::output, "output"},
    });
}

/// What became of the mentions of one label, beside those that were published.
struct LabelQuality {
    std::uint64_t set_aside = 0;
    std::uint64_t measured = 0;  ///< entities whose confidence is known
    double confidence_sum = 0;   ///< of those

    friend bool operator==(const LabelQuality&, const LabelQuality&) = default;
};

/// What the pipeline counted since it started. Written on the loop, read on the loop: plain numbers.
struct Stats {
    std::uint64_t documents_complete = 0;
    std::uint64_t documents_partial = 0;
    std::uint64_t documents_abandoned =
        0;  ///< revoked or shut down before they were finished; somebody reads them again
    EnumArray<DeadLetterClass, std::uint64_t> dead_letters;
    std::uint64_t documents_skipped =
        0;                            ///< done before, as the position's last owner committed: nothing is paid again
    std::uint64_t texts_dropped = 0;  ///< records that were too long with their text, among the complete and partial
    std::uint64_t tombstones = 0;     ///< records without a value: nothing to label, their place is committed
    std::uint64_t records_lost = 0;   ///< gone from the topic before they were read
    std::uint64_t documents_in_flight = 0;
    std::uint64_t documents_in_flight_max = 0;
    std::uint64_t input_bytes_in_flight = 0;  ///< Record::bytes() of the documents in flight
    std::uint64_t input_bytes_in_flight_max = 0;
    std::uint64_t outputs_waiting = 0;  ///< outcomes that are not durable yet
    Histogram document_seconds;         ///< from read to durable output
    AgeHistogram document_age;          ///< from the record's timestamp to durable output

    EnumArray<llm::ReplyClass, std::uint64_t> calls;
    std::uint64_t calls_started = 0;
    std::uint64_t calls_in_flight = 0;
    std::uint64_t calls_in_flight_max = 0;  ///< configured
    std::uint64_t retries = 0;
    std::uint64_t reasks = 0;
    std::uint64_t answers_cut_out = 0;        ///< of a fence, of reasoning, of prose
    std::uint64_t answers_in_other_form = 0;  ///< a list or other keys, where they could mean one thing only
    Histogram call_seconds;
    EnumArray<WaitReason, std::uint64_t> waits;
    EnumArray<WaitReason, double> wait_seconds;
    bool paused = false;
    std::string pause_reason;
    bool spent_up = false;                  ///< the next call could cost more than may be spent: no other is made
    double next_call_usd_max = 0;           ///< what that call could cost, once spent_up
    std::uint64_t requests_per_minute = 0;  ///< configured, or said by the provider's headers; 0: none
    std::uint64_t tokens_per_minute = 0;    ///< likewise
    std::uint64_t learned_requests_per_minute = 0;  ///< from its refusals; 0: nothing was learned
    std::size_t learned_in_flight = 0;              ///< calls it takes at once; 0: as many as configured

    std::vector<llm::ShapeChange> shape_changes;  ///< what the model was found to refuse: as many as there are parts
    std::uint64_t shape_refusals = 0;             ///< calls that were refused for it and sent again

    llm::Usage usage;
    std::uint64_t malformed_usage = 0;  ///< replies whose token counts cannot be true
    std::uint64_t reserved_tokens = 0;  ///< charged against tokens per minute
    EnumArray<record::CacheTier, std::uint64_t> cache_lookups;

    /// By label, of all tasks so far: a plan may be replaced while running.
    std::map<std::string, EnumArray<labeling::Match, std::uint64_t>, std::less<>> entities;
    std::map<std::string, LabelQuality, std::less<>> quality;  ///< likewise
    EnumArray<labeling::DiscardReason, std::uint64_t> discarded;

    std::uint64_t commits = 0;
    std::uint64_t commit_failures = 0;
    Histogram commit_seconds;
    std::uint64_t write_failures = 0;
    std::uint64_t assignments = 0;
    std::uint64_t revocations = 0;
    std::size_t partitions_assigned = 0;
    bool draining = false;

    /// Counts this task's labels from now on, from zero where they are new.
    void know(const labeling::Task& task);
    /// Entities and discarded mentions of one document.
    void count(const labeling::Findings& findings);
};

}  // namespace prelabel::pipeline
