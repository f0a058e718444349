#include "labeling/ner.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/labeling/answer_parser.hpp>
#include <prelabel/labeling/answer_validator.hpp>
#include <prelabel/labeling/grounder.hpp>

#include <algorithm>
#include <utility>
#include <vector>

// Whoever changes a word that the model reads here changes ner_prompt_format too.

namespace prelabel::labeling {
namespace {

constexpr TaskKind::Rules ner_rules = {
    .purpose = "You mark named entities in a document.\n",
    .answer =
        R"(- Answer with one JSON object and nothing else, no prose and no code fence: {"entities": [{"label": "...", "text": "..."}]}
- "text" is copied from the document character by character: the same spelling, case, spaces and punctuation. Never correct, translate, shorten or join words.
- List every mention in order of appearance, repeats included: what stands in the document three times is listed three times.
- Use only the labels listed above, spelled as above.
- When there is nothing to mark, answer {"entities": []}
)",
    .examples = "- Earlier turns are examples about other documents: never carry their entities over.\n",
};

// Strict structured outputs demand every property as required, none left open, and refuse bounds such as minLength.
std::string schema_of(const std::vector<Label>& labels) {
    std::string names;
    for (const Label& label : labels) {
        if (!names.empty()) names += ',';
        append_json_string(label.name, names);
    }
    std::string schema = R"({"type":"object","properties":{"entities":{"type":"array","items":{"type":"object",)";
    schema += R"("properties":{"label":{"type":"string","enum":[)" + names + R"(]},"text":{"type":"string"}},)";
    schema += R"("required":["label","text"],"additionalProperties":false}}},)";
    schema += R"("required":["entities"],"additionalProperties":false})";
    return schema;
}

/// Every mention stands nowhere in the document: most likely the answer belongs to another one.
bool of_another_document(const Findings& findings) {
    return findings.entities.empty() && !findings.discarded.empty() &&
           std::ranges::all_of(findings.discarded, [](const Discarded& discarded) {
               return discarded.reason == DiscardReason::not_in_text;
           });
}

class Ner final : public TaskKind {
public:
    Ner(const Task& task, AnswerValidator validator)
        : schema_(task.own_schema.empty() ? schema_of(task.labels) : task.own_schema),
          validator_(std::move(validator)),
          grounder_(task.labels) {}

    [[nodiscard]] Rules rules() const override { return ner_rules; }

    [[nodiscard]] std::string example_answer(const Example& example) const override {
        std::string answer = R"({"entities":[)";
        for (const Mention& mention : example.entities) {
            if (&mention != &example.entities.front()) answer += ',';
            answer += R"({"label":)" + json_string(mention.label) + R"(,"text":)" + json_string(mention.text) + '}';
        }
        return answer + "]}";
    }

    [[nodiscard]] const std::string& answer_schema() const override { return schema_; }

    [[nodiscard]] Judgement judge(std::string_view text, std::string_view content) const override {
        const auto answer = parse_answer(content);
        if (!answer) return Unusable{answer.error().message, true, {}};
        if (auto violation = validator_.violation(*answer)) return Unusable{std::move(*violation), false, {}};
        Findings findings = grounder_.ground(text, answer->mentions);
        if (of_another_document(findings))
            return Unusable{"none of the entities stands in the document", false, std::move(findings)};
        return Judged{std::move(findings), answer->cut_out, answer->other_form};
    }

private:
    std::string schema_;
    AnswerValidator validator_;
    Grounder grounder_;
};

}  // namespace

Result<std::unique_ptr<const TaskKind>> make_ner(const Task& task) {
    auto validator = AnswerValidator::make(task);
    if (!validator) return validator.error();
    return std::unique_ptr<const TaskKind>(std::make_unique<Ner>(task, std::move(*validator)));
}

}  // namespace prelabel::labeling
