#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/base/version.hpp>
#include <prelabel/labeling/findings.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/usage.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::record {

enum class Status {
    complete,
    partial,       ///< something was discarded or salvaged
    text_dropped,  ///< the record would have been too long with its text, whether it was complete or partial
};
constexpr auto enum_names(Status) {
    return std::to_array<EnumName<Status>>({
        {Status::complete, "complete"},
        {Status::partial, "partial"},
        {Status::text_dropped, "text_dropped"},
    });
}

/// Where the answer came from.
enum class CacheTier { miss, memory, journal, shared, inflight };
constexpr auto enum_names(CacheTier) {
    return std::to_array<EnumName<CacheTier>>({
        {CacheTier::miss, "miss"},
        {CacheTier::memory, "memory"},
        {CacheTier::journal, "journal"},
        {CacheTier::shared, "shared"},
        {CacheTier::inflight, "inflight"},
    });
}

/// One pre-annotation, as published.
struct AnnotationRecord {
    std::string id;
    std::string text;
    std::string task_name;
    labeling::Kind task_kind = labeling::Kind::ner;
    std::string task_version;
    Status status = Status::complete;
    labeling::Findings findings;
    std::string provider;
    std::string model;
    std::optional<std::string> answered_by;  ///< the model that the reply names
    llm::FinishReason finish_reason = llm::FinishReason::stop;
    std::vector<std::string> response_ids;
    std::optional<std::string> raw_answer;  ///< only where the configuration wants it
    std::string metadata;                   ///< a JSON object; empty where nothing passes through
    llm::Usage usage;
    bool priced = true;  ///< false: what it cost is unknown, for want of a price or of the server's counts
    Origin source;
    std::uint32_t attempts = 0;
    CacheTier cache = CacheTier::miss;
    std::optional<std::uint64_t> latency_ms;  ///< of the call that was answered; none where no call was made
    WallTime labeled_at{};                    ///< to the millisecond
    std::string made_by{program_version};     ///< prelabel's version

    friend bool operator==(const AnnotationRecord&, const AnnotationRecord&) = default;
};

}  // namespace prelabel::record
