#pragma once

#include <prelabel/labeling/judgement.hpp>
#include <prelabel/labeling/task_kind.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/pipeline/trial.hpp>

#include <string_view>
#include <variant>

namespace prelabel::pipeline {

/// What an answer means for its document: it can be shipped, it ends the document, or it has to be asked for again.
using Ruling = std::variant<labeling::Judged, Unanswered, labeling::Unusable>;

/// The one place that rules over answers: for each document, and for the sample of `check`.
[[nodiscard]] Ruling ruling_on(const labeling::TaskKind& kind, std::string_view text,
                               const llm::Completion& completion);

/// Whether it was cut off at the output limit, and could be used no more.
[[nodiscard]] bool is_cut(const llm::Completion& completion, const labeling::Unusable& unusable);

}  // namespace prelabel::pipeline
