#include <prelabel/pipeline/stats.hpp>

namespace prelabel::pipeline {

void Stats::know(const labeling::Task& task) {
    for (const auto& label : task.labels) {
        entities.try_emplace(label.name);
        quality.try_emplace(label.name);
    }
}

void Stats::count(const labeling::Findings& findings) {
    for (const auto& entity : findings.entities) {
        const auto label = entities.find(entity.label);
        if (label != entities.end()) ++label->second[entity.match];
        const auto known = quality.find(entity.label);
        if (known == quality.end() || !entity.confidence) continue;
        ++known->second.measured;
        known->second.confidence_sum += *entity.confidence;
    }
    for (const auto& mention : findings.discarded) {
        ++discarded[mention.reason];
        // A model may say any word for a label: only the task's own are counted.
        const auto known = quality.find(mention.label);
        if (known != quality.end()) ++known->second.set_aside;
    }
}

}  // namespace prelabel::pipeline
