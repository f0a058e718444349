#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/labeling/judgement.hpp>
#include <prelabel/labeling/task.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace prelabel::labeling {

/// All that differs between one kind of task and another: what the model is told, what an answer is, and what becomes
/// of it. Made from a task once; everybody else asks it and does not know which kind it is.
///
/// Threads: const and free of shared state.
class TaskKind {
public:
    /// What the system message says of the kind; instructions, labels, the place of the document and an own schema are
    /// said of all kinds alike. Every line ends with a line feed.
    struct Rules {
        std::string_view purpose;   ///< the first line: what the model does
        std::string_view answer;    ///< list items: the form of an answer
        std::string_view examples;  ///< a list item more where the task has examples
    };

    virtual ~TaskKind() = default;

    [[nodiscard]] virtual Rules rules() const = 0;
    /// The answer that a model is to give for the example's text.
    [[nodiscard]] virtual std::string example_answer(const Example& example) const = 0;
    /// JSON Schema text that answers must meet: the user's own or the one made from the labels, which OpenAI's strict
    /// structured outputs accept.
    [[nodiscard]] virtual const std::string& answer_schema() const = 0;
    /// Whether `content`, which a model wrote about the document `text`, can be shipped.
    [[nodiscard]] virtual Judgement judge(std::string_view text, std::string_view content) const = 0;

protected:
    TaskKind() = default;
    TaskKind(const TaskKind&) = default;
    TaskKind& operator=(const TaskKind&) = default;
};

/// Part of the version of every task of this kind: it changes with the words that the model reads.
[[nodiscard]] std::string_view prompt_format(Kind kind);

/// Errors: Fault::config when the task's own schema cannot be compiled.
[[nodiscard]] Result<std::unique_ptr<const TaskKind>> make_task_kind(const Task& task);

}  // namespace prelabel::labeling
