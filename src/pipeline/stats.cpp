#include <prelabel/pipeline/stats.hpp>

namespace prelabel::pipeline {

void Stats::know(const labeling::Task& task) {
    for (const auto& label : task.labels) entities.try_emplace(label.name);
}

void Stats::count(const labeling::Findings& findings) {
    for (const auto& entity : findings.entities) {
        const auto label = entities.find(entity.label);
        if (label != entities.end()) ++label->second[entity.match];
    }
    for (const auto& mention : findings.discarded) ++discarded[mention.reason];
}

}  // namespace prelabel::pipeline
