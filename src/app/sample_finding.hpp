#pragma once

#include <prelabel/labeling/task_kind.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/pipeline/ruling.hpp>
#include <prelabel/pipeline/settings.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::app {

/// What `check` finds out about answers, and what to do about it.
struct SampleFinding {
    enum class Severity { ok, warning, failure };

    Severity severity = Severity::ok;
    std::string what;
    std::string fix{};
};

/// What would become of documents if all were answered like this: as `label` would have it, said for a person.
[[nodiscard]] SampleFinding of_answer(const pipeline::Ruling& ruling, const llm::Completion& completion,
                                      const pipeline::Retry& retry);

/// Whether the answer of a document where nothing is found meets the task's own schema: most documents of some tasks
/// have it. None where answers are held against the schema made from the labels, which takes it.
[[nodiscard]] std::optional<SampleFinding> of_nothing_found(const labeling::Task& task, const labeling::TaskKind& kind);

}  // namespace prelabel::app
