#pragma once

#include <prelabel/pipeline/outbox.hpp>
#include <prelabel/pipeline/source.hpp>

#include <vector>

namespace prelabel::pipeline {

/// Whether what a group has committed holds all that one transaction sent, whose commit got no answer. If it was
/// committed it does, whoever went on with a partition since. If not, it is missing from a partition that is still this
/// worker's: nobody else could do it. Equal progress proves nothing: who took a partition over may have done the very
/// same. Where all partitions were taken away, the answer means nothing, and nobody needs it.
/// Source: the model in tests/model, which is checked in all its states.
[[nodiscard]] bool holds(const std::vector<AssignedPartition>& committed, const std::vector<Progress>& sent);

}  // namespace prelabel::pipeline
