#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/labeling/answer_validator.hpp>
#include <prelabel/labeling/document_reader.hpp>
#include <prelabel/labeling/grounder.hpp>
#include <prelabel/labeling/prompt_template.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/llm/codec.hpp>

#include <cstddef>
#include <string>

namespace prelabel::pipeline {

/// All that is decided once per task and model: how a document is read, asked about, checked and grounded. Constant.
class LabelingPlan {
public:
    struct Settings {
        labeling::Task task;
        labeling::InputSettings input;
        llm::ModelSettings model;
        llm::Price price;
        std::size_t record_bytes_max = 1'000'000;
    };

    /// Errors: Fault::config when the task's own schema cannot be compiled.
    [[nodiscard]] static Result<LabelingPlan> make(Settings settings);

    labeling::Task task;
    std::string task_version;
    llm::Price price;
    std::size_t record_bytes_max;
    labeling::DocumentReader reader;
    labeling::PromptTemplate prompt;
    labeling::AnswerValidator validator;
    labeling::Grounder grounder;
    llm::Codec codec;

private:
    LabelingPlan(Settings settings, labeling::AnswerValidator validator);
};

}  // namespace prelabel::pipeline
