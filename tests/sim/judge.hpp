#pragma once

#include "scenario.hpp"
#include "sim_document.hpp"

#include <prelabel/pipeline/outbox.hpp>

#include <list>
#include <string>
#include <vector>

namespace prelabel::sim {

struct Process;

struct Evidence {
    const Scenario& scenario;
    const std::vector<SimDocument>& documents;
    const std::list<Process>& processes;
};

/// Whether an output may stand in the topic: an annotation says only what is true of its document and came from an
/// answer to its own request; a dead letter has a cause. Empty, or what is wrong with it.
[[nodiscard]] std::string judge(const pipeline::Output& output, const Evidence& evidence);

}  // namespace prelabel::sim
