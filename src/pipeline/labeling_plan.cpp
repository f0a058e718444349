#include <prelabel/pipeline/labeling_plan.hpp>

#include <utility>

namespace prelabel::pipeline {

Result<LabelingPlan> LabelingPlan::make(Settings settings) {
    auto validator = labeling::AnswerValidator::make(settings.task);
    if (!validator) return validator.error();
    return LabelingPlan(std::move(settings), std::move(*validator));
}

LabelingPlan::LabelingPlan(Settings settings, labeling::AnswerValidator checked)
    : task(std::move(settings.task)),
      task_version(task.version()),
      price(settings.price),
      record_bytes_max(settings.record_bytes_max),
      reader(std::move(settings.input)),
      prompt(task),
      validator(std::move(checked)),
      grounder(task.labels),
      codec(std::move(settings.model), prompt.preamble(), task.answer_schema()) {}

}  // namespace prelabel::pipeline
