#include <prelabel/base/json_text.hpp>
#include <prelabel/labeling/answer_validator.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::labeling {

Result<AnswerValidator> AnswerValidator::make(const Task& task) {
    AnswerValidator validator;
    for (const Label& label : task.labels) {
        validator.labels_.push_back(label.name);
        validator.allowed_ += validator.allowed_.empty() ? " Allowed labels: " : ", ";
        append_json_string(label.name, validator.allowed_);
    }
    if (!validator.allowed_.empty()) validator.allowed_ += '.';
    if (!task.own_schema.empty()) {
        auto own = SchemaValidator::compile(task.own_schema);
        if (!own) return own.error();
        validator.own_ = std::move(*own);
    }
    return validator;
}

std::optional<std::string> AnswerValidator::violation(const Answer& answer) const {
    if (own_) {
        auto found = own_->violation(answer.json);
        if (found) *found += '.' + allowed_;
        return found;
    }
    if (!answer.extra_key_in) return std::nullopt;
    if (answer.extra_key_in->empty()) return "at the top: only the key \"entities\" may be there." + allowed_;
    return "at " + *answer.extra_key_in + ": only the keys \"label\" and \"text\" may be there." + allowed_;
}

bool AnswerValidator::labels_known(const Answer& answer) const {
    return std::ranges::all_of(answer.mentions,
                               [&](const Mention& mention) { return std::ranges::count(labels_, mention.label) > 0; });
}

}  // namespace prelabel::labeling
