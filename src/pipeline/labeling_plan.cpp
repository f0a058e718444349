#include <prelabel/pipeline/labeling_plan.hpp>

#include <utility>

namespace prelabel::pipeline {

Result<std::shared_ptr<const LabelingPlan>> LabelingPlan::make(Settings settings) {
    auto kind = labeling::make_task_kind(settings.task);
    if (!kind) return kind.error();
    return std::shared_ptr<const LabelingPlan>(new LabelingPlan(std::move(settings), std::move(*kind)));
}

LabelingPlan::LabelingPlan(Settings settings, std::unique_ptr<const labeling::TaskKind> kind_of_task)
    : task(std::move(settings.task)),
      task_version(task.version()),
      provider(settings.model.provider),
      model(settings.model.model),
      record_bytes_max(settings.record_bytes_max),
      extras(settings.extras),
      reader(std::move(settings.input)),
      kind(std::move(kind_of_task)),
      prompt(task, *kind),
      form(llm::Codec(std::move(settings.model)).form(prompt.preamble(), kind->answer_schema())) {}

}  // namespace prelabel::pipeline
