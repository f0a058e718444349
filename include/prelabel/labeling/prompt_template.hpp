#pragma once

#include <prelabel/labeling/task_kind.hpp>
#include <prelabel/llm/message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// Turns a task into what the model reads. The preamble is the same for every document (providers cache it);
/// the document comes last, delimited as data so that text which looks like instructions stays text:
///
///   <document-6f1c0a9be2d47753>          the digits are a hash of the text, drawn again until the text
///   the text, every byte as it was       does not hold the closing tag: no document can end itself
///   </document-6f1c0a9be2d47753>
///
/// Equal texts give equal turns, so that requests can be recognised as identical.
class PromptTemplate {
public:
    PromptTemplate(const Task& task, const TaskKind& kind);

    /// System message and examples as user/assistant turns. Constant.
    [[nodiscard]] const std::vector<llm::Message>& preamble() const { return preamble_; }
    /// The content of the user turn that carries the document.
    [[nodiscard]] std::string document_turn(std::string_view text) const;
    /// The content of the user turn after an answer that could not be used; `problem` says why.
    [[nodiscard]] std::string repair_turn(std::string_view problem) const;

private:
    std::vector<llm::Message> preamble_;
};

}  // namespace prelabel::labeling
