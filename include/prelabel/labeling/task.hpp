#pragma once

#include <string>
#include <vector>

namespace prelabel::labeling {

struct Label {
    std::string name;
    std::string description;
};

/// What the model says it saw: a label and the words, no position.
struct Mention {
    std::string label;
    std::string text;

    friend bool operator==(const Mention&, const Mention&) = default;
};

/// A worked example shown to the model before the document.
struct Example {
    std::string text;
    std::vector<Mention> entities;
};

/// What is to be labeled and how, as the task file says it. The only kind so far is `ner`.
struct Task {
    std::string name;
    std::string instructions;
    std::vector<Label> labels;
    std::vector<Example> examples;
    /// The user's own JSON Schema (JSON text, draft-07 or 2020-12); empty: made from the labels.
    std::string own_schema;

    /// Twelve lower-case hex digits over everything that shapes the prompt or the accepted answers, the prompt's own
    /// format included. The name is not in it: renaming a task buys no answer a second time.
    [[nodiscard]] std::string version() const;
    /// JSON Schema text that answers must meet: the user's own or the one made from the labels,
    /// which OpenAI's strict structured outputs accept.
    [[nodiscard]] std::string answer_schema() const;
};

}  // namespace prelabel::labeling
