#pragma once

#include <prelabel/labeling/task.hpp>
#include <prelabel/llm/settings.hpp>

#include <string>
#include <vector>

namespace prelabel::config {

/// What somebody who begins has to say.
struct Starter {
    std::string name = "my-task";
    labeling::Kind kind = labeling::Kind::ner;
    std::vector<std::string> labels;
    std::string model;
    std::string base_url = llm::ModelSettings{}.base_url;
    std::string text{};  ///< JSON Pointers into the documents; empty: the default
    std::string id{};
};

/// A task file for it, with comments that say what to fill in.
[[nodiscard]] std::string starter_task(const Starter& starter);
/// A configuration that names `task_file`, with comments.
/// It asks for a key in OPENAI_API_KEY unless the server is on this machine.
[[nodiscard]] std::string starter_config(const Starter& starter, const std::string& task_file);
/// Whether calls to this address carry a key.
[[nodiscard]] bool wants_key(const Starter& starter);

}  // namespace prelabel::config
