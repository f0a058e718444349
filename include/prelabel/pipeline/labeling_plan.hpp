#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/labeling/document_reader.hpp>
#include <prelabel/labeling/prompt_template.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/labeling/task_kind.hpp>
#include <prelabel/llm/codec.hpp>
#include <prelabel/record/extras.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace prelabel::pipeline {

/// All that is decided once per task and model: how a document is read, asked about and judged. Constant; each document
/// holds the one that it was begun with.
class LabelingPlan {
public:
    struct Settings {
        labeling::Task task;
        labeling::InputSettings input;
        llm::ModelSettings model;
        std::size_t record_bytes_max = 1'000'000;
        record::Extras extras{};
    };

    /// Errors: Fault::config when the task's own schema cannot be compiled.
    [[nodiscard]] static Result<std::shared_ptr<const LabelingPlan>> make(Settings settings);

    labeling::Task task;
    std::string task_version;
    std::string provider;
    std::string model;
    std::size_t record_bytes_max;
    record::Extras extras;
    labeling::DocumentReader reader;
    std::unique_ptr<const labeling::TaskKind> kind;
    labeling::PromptTemplate prompt;
    llm::RequestForm form;

private:
    LabelingPlan(Settings settings, std::unique_ptr<const labeling::TaskKind> kind_of_task);
};

}  // namespace prelabel::pipeline
