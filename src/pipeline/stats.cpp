#include <prelabel/pipeline/stats.hpp>

#include <algorithm>

namespace prelabel::pipeline {

void Stats::count(const labeling::Findings& findings) {
    for (const auto& entity : findings.entities) {
        const auto label = std::ranges::find(labels, entity.label);
        if (label != labels.end()) ++entities[static_cast<std::size_t>(label - labels.begin())][entity.match];
    }
    for (const auto& mention : findings.discarded) ++discarded[mention.reason];
}

}  // namespace prelabel::pipeline
