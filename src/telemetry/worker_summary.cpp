#include "telemetry/worker_summary.hpp"

#include "telemetry/shown_text.hpp"

#include <prelabel/telemetry/watermark_ages.hpp>

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace prelabel::telemetry {
namespace {

using pipeline::WaitReason;

/// Fewer calls than this share of those under way wait: that is no limit worth a sentence.
constexpr double worth_saying = 0.05;

constexpr auto what_is_waited_for = enum_array<WaitReason, const char*>({
    {WaitReason::in_flight, "More calls at once are not allowed: llm.limits.max_in_flight is the limit."},
    {WaitReason::requests, "The quota of requests a minute is the limit."},
    {WaitReason::tokens, "The quota of tokens a minute is the limit."},
    {WaitReason::retry, "Calls wait to be tried again after faults."},
    {WaitReason::provider, "The provider asks for slower calls."},
    {WaitReason::paused, "Calls waited for the end of a pause."},
    {WaitReason::cost, "Calls wait because the cap on cost leaves no more room."},
    {WaitReason::output, "Nothing is bought while outputs cannot be written."},
});

std::string counted(std::uint64_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string pace(double per_second) {
    char text[64];
    const bool slow = per_second < 1;
    std::snprintf(text, sizeof text, slow ? "Finishes %.1f documents a minute." : "Finishes %.1f documents a second.",
                  slow ? per_second * 60 : per_second);
    return text;
}

/// What most of the waiting was for in the last minute; nothing if little waited.
const char* limit(const Snapshot& snapshot) {
    const auto& waited = snapshot.last_minute.added.wait_seconds;
    const double seconds = std::chrono::duration<double>(snapshot.last_minute.seen).count();
    const double all = std::accumulate(waited.begin(), waited.end(), 0.0);
    const auto under_way = static_cast<double>(std::max<std::uint64_t>(1, snapshot.pipeline->calls_in_flight));
    if (seconds <= 0 || all / seconds < worth_saying * under_way) return "";
    const auto most =
        *std::ranges::max_element(enum_values<WaitReason>, {}, [&](auto reason) { return waited[reason]; });
    return what_is_waited_for[most];
}

bool no_broker_answers(const Snapshot& snapshot) { return snapshot.source && snapshot.source->brokers_up == 0; }

constexpr auto away = "No broker answers; the worker goes on by itself when one does.";

std::string running(const Snapshot& snapshot) {
    if (no_broker_answers(snapshot)) return away;
    const auto& stats = *snapshot.pipeline;
    if (stats.documents_in_flight == 0 && snapshot.source && lag_of(*snapshot.source) == 0)
        return "Has nothing to do: all documents are done.";
    const double seconds = std::chrono::duration<double>(snapshot.last_minute.seen).count();
    const double per_second = seconds > 0 ? snapshot.last_minute.added.documents / seconds : 0;
    const std::string why = limit(snapshot);
    if (per_second > 0) return pace(per_second) + (why.empty() ? "" : " " + why);
    if (stats.documents_in_flight == 0) return "Waits for documents.";
    return "Waits for answers to " + counted(stats.documents_in_flight, "document", "documents") +
           (why.empty() ? "." : ". " + why);
}

}  // namespace

std::string_view state_of(const Snapshot& snapshot) {
    if (!snapshot.pipeline) return "starting";
    if (snapshot.pipeline->draining) return "draining";
    if (snapshot.pipeline->paused) return "paused";
    if (snapshot.pipeline->partitions_assigned > 0) return "running";
    return snapshot.pipeline->assignments == 0 ? "starting" : "unassigned";
}

std::string summary_of(const Snapshot& snapshot) {
    const auto state = state_of(snapshot);
    if (state == "starting") return "Waits for its first partitions.";
    // A worker whose brokers are away loses its partitions when its session is over.
    if (state == "unassigned")
        return no_broker_answers(snapshot) ? away
                                           : "Has no partition: with more workers than partitions that is normal.";
    if (state == "paused") return "Sends only probes: " + shown_text(snapshot.pipeline->pause_reason);
    if (state == "draining")
        return "Reads no more, and finishes " +
               counted(snapshot.pipeline->documents_in_flight, "document", "documents") + " under way.";
    return running(snapshot);
}

}  // namespace prelabel::telemetry
