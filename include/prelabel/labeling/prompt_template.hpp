#pragma once

#include <prelabel/labeling/task.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

enum class Role { system, user, assistant };

struct Message {
    Role role;
    std::string content;
};

/// Turns a task into what the model reads. The preamble is the same for every document (providers cache it);
/// the document comes last, delimited as data so that text which looks like instructions stays text.
class PromptTemplate {
public:
    explicit PromptTemplate(const Task& task);

    /// System message and examples as user/assistant turns. Constant.
    [[nodiscard]] const std::vector<Message>& preamble() const { return preamble_; }
    /// The user turn that carries the document.
    [[nodiscard]] std::string document_turn(std::string_view text) const;
    /// The user turn after an answer that could not be used; `problem` comes from the answer parser or validator.
    [[nodiscard]] std::string repair_turn(std::string_view problem) const;

private:
    std::vector<Message> preamble_;
};

}  // namespace prelabel::labeling
