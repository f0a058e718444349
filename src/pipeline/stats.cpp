#include <prelabel/pipeline/stats.hpp>

#include <algorithm>

namespace prelabel::pipeline {

std::string_view to_string(WaitReason reason) {
    switch (reason) {
        case WaitReason::in_flight:
            return "in_flight";
        case WaitReason::requests:
            return "requests";
        case WaitReason::tokens:
            return "tokens";
        case WaitReason::retry:
            return "retry";
        case WaitReason::provider:
            return "provider";
        case WaitReason::paused:
            return "paused";
    }
    return "unknown";
}

void Stats::count(const labeling::Findings& findings) {
    for (const auto& entity : findings.entities) {
        const auto label = std::ranges::find(labels, entity.label);
        if (label != labels.end())
            ++entities[static_cast<std::size_t>(label - labels.begin())][static_cast<std::size_t>(entity.match)];
    }
    for (const auto& mention : findings.discarded) ++discarded[static_cast<std::size_t>(mention.reason)];
}

}  // namespace prelabel::pipeline
