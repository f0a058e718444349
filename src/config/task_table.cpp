#include "config/task_table.hpp"

#include "config/types.hpp"

namespace prelabel::config {
namespace {

using Refused = std::optional<std::string>;

/// A setter that only stores.
template <class At>
Setting<TaskDraft> key(Field field, At at) {
    return member_without_default<TaskDraft>(std::move(field), at);
}

/// Opens the next item of a list: the keys below are stored in its last element.
template <class Append>
Setting<TaskDraft> item(Field field, Append append) {
    return {std::move(field), [append](TaskDraft& draft, const Value& value) -> Refused {
                append(draft.task, value);
                return std::nullopt;
            }};
}

Setting<TaskDraft> only(Field field) {
    return {std::move(field), [](TaskDraft&, const Value&) { return Refused(); }};
}

}  // namespace

const Table<TaskDraft>& task_table() {
    static const Table<TaskDraft> table = {
        key({"name", text(), "Name of the task; stamped on every record.", Need::always},
            [](auto& d) -> auto& { return d.task.name; }),
        key({"kind",
             choice<labeling::Kind>({"classification", "relations", "extraction", "pii", "translation", "ranking"}),
             "What is asked for: `ner` finds mentions of entities.", Need::always},
            [](auto& d) -> auto& { return d.task.kind; }),
        key({"instructions", text_or_empty(), "What the model should know besides the labels."},
            [](auto& d) -> auto& { return d.task.instructions; }),
        only({"labels", list(1, 1'000), "The kinds of entities.", Need::always}),
        item({"labels[]", group_or_text(), "A label: its name, or its name and a description."},
             [](labeling::Task& task, const Value& value) {
                 task.labels.emplace_back();
                 if (const auto* name = std::get_if<std::string>(&value)) task.labels.back().name = *name;
             }),
        key({"labels[].name", text(), "Name of the label, as records carry it.", Need::always},
            [](auto& d) -> auto& { return d.task.labels.back().name; }),
        key({"labels[].description", text_or_empty(), "What the label covers; the model reads it."},
            [](auto& d) -> auto& { return d.task.labels.back().description; }),
        only({"examples", list(0, 1'000), "Worked examples that the model sees before the document."}),
        item({"examples[]", group(), "A text with its entities."},
             [](labeling::Task& task, const Value&) { task.examples.emplace_back(); }),
        key({"examples[].text", text(), "Text of the example.", Need::always},
            [](auto& d) -> auto& { return d.task.examples.back().text; }),
        only({"examples[].entities", list(0, 10'000), "Its entities in order of appearance; may be empty.",
              Need::always}),
        item({"examples[].entities[]", group(), "A mention."},
             [](labeling::Task& task, const Value&) { task.examples.back().entities.emplace_back(); }),
        key({"examples[].entities[].label", text(), "One of the labels.", Need::always},
            [](auto& d) -> auto& { return d.task.examples.back().entities.back().label; }),
        key({"examples[].entities[].text", text(), "The words, exactly as they stand in the text.", Need::always},
            [](auto& d) -> auto& { return d.task.examples.back().entities.back().text; }),
        key({"schema", json_schema(),
             "Own JSON Schema that answers must meet (draft-07 or 2020-12), as a mapping or `{file: path}`.", Need::no,
             "made from the labels"},
            [](auto& d) -> auto& { return d.schema; }),
    };
    return table;
}

}  // namespace prelabel::config
