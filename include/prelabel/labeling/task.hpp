#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>
#include <string>
#include <vector>

namespace prelabel::labeling {

/// What is asked of a document, by the word that task files and records carry. `TaskKind` is what it means.
enum class Kind { ner };
constexpr auto enum_names(Kind) {
    return std::to_array<EnumName<Kind>>({
        {Kind::ner, "ner"},
    });
}

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

/// What is to be labeled and how, as the task file says it.
struct Task {
    std::string name;
    Kind kind = Kind::ner;
    std::string instructions;
    std::vector<Label> labels;
    std::vector<Example> examples;
    /// The user's own JSON Schema (JSON text, draft-07 or 2020-12); empty: made from the labels.
    std::string own_schema;

    /// Twelve lower-case hex digits over everything that shapes the prompt or the accepted answers, the prompt's own
    /// format included. The name is not in it: renaming a task buys no answer a second time.
    [[nodiscard]] std::string version() const;
};

}  // namespace prelabel::labeling
