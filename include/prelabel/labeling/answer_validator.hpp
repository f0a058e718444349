#pragma once

#include <prelabel/labeling/answer_parser.hpp>
#include <prelabel/labeling/schema_validator.hpp>
#include <prelabel/labeling/task.hpp>

#include <optional>
#include <string>
#include <vector>

namespace prelabel::labeling {

/// Whether a parsed answer meets the task's JSON Schema, and what to tell the model when it does not.
///
/// With the schema made from the labels no JSON Schema engine runs: the parser has already refused missing keys and
/// wrong types and noted extra keys, so what is left is one look at that note. A label that is not in the list is no
/// violation here: the grounder sets that one entity aside as `unknown_label`, and the document is not asked for again.
/// This is why the following holds:
///   parsed, not in another form, no violation(), labels_known()   is exactly   the generated schema accepts the JSON.
/// With the user's own schema every rule in it, enum included, is the engine's and is re-asked.
///
/// Threads: const and free of shared state.
/// Cost:    nanoseconds for the generated schema, SchemaValidator's for an own one.
class AnswerValidator {
public:
    /// Errors: Fault::config when the own schema cannot be compiled.
    [[nodiscard]] static Result<AnswerValidator> make(const Task& task);

    /// A sentence for a re-ask: where, which rule, and the allowed labels. Never document text.
    /// `answer.json` must still be alive.
    [[nodiscard]] std::optional<std::string> violation(const Answer& answer) const;
    /// True when every mention's label is one of the task's.
    [[nodiscard]] bool labels_known(const Answer& answer) const;

private:
    AnswerValidator() = default;

    std::vector<std::string> labels_;
    std::string allowed_;  ///< the labels as a sentence
    std::optional<SchemaValidator> own_;
};

}  // namespace prelabel::labeling
