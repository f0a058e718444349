#pragma once

#include <prelabel/labeling/task_kind.hpp>

#include <memory>
#include <string_view>

namespace prelabel::labeling {

/// Part of every version of a `ner` task. Change it together with any word that the model reads, in ner.cpp or in
/// prompt_template.cpp: answers to the old words must not pass for answers to the new ones.
inline constexpr std::string_view ner_prompt_format = "ner/1";

/// Named-entity recognition: the model lists mentions, `{"entities": [{"label", "text"}, …]}`, and each is led to its
/// span in the document.
///
/// Errors: Fault::config when the task's own schema cannot be compiled.
[[nodiscard]] Result<std::unique_ptr<const TaskKind>> make_ner(const Task& task);

}  // namespace prelabel::labeling
