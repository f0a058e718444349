#include "config/findings.hpp"
#include "config/task_table.hpp"
#include "config/yaml_tree.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/config/load.hpp>

#include <algorithm>
#include <utility>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace prelabel::config {
namespace {

/// Accepts any JSON down to 64 levels.
struct DepthCheck : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DepthCheck> {
    int depth = 0;
    bool StartObject() { return ++depth <= 64; }
    bool StartArray() { return ++depth <= 64; }
    bool EndObject(rapidjson::SizeType) { return --depth >= 0; }
    bool EndArray(rapidjson::SizeType) { return --depth >= 0; }
};

/// What the reader cannot know: how the parts of a task fit together.
class TaskCheck {
public:
    explicit TaskCheck(Findings& findings) : findings_(findings) {}

    void labels(const labeling::Task& task) {
        for (std::size_t i = 0; i < task.labels.size(); ++i) {
            const std::string item = "labels[" + std::to_string(i) + "]";
            const std::string key = findings_.given(item + ".name") ? item + ".name" : item;
            const auto first = std::ranges::find(task.labels, task.labels[i].name, &labeling::Label::name);
            if (!task.labels[i].name.empty() && first != task.labels.begin() + static_cast<std::ptrdiff_t>(i))
                findings_.report(key, "the label `" + task.labels[i].name + "` is given twice", {},
                                 "remove one of them");
            names_.push_back(task.labels[i].name);
        }
    }

    void examples(const labeling::Task& task) {
        for (std::size_t i = 0; i < task.examples.size(); ++i) {
            const auto& example = task.examples[i];
            for (std::size_t j = 0; j < example.entities.size(); ++j) {
                const std::string key = "examples[" + std::to_string(i) + "].entities[" + std::to_string(j) + "]";
                entity(example, example.entities[j], key);
            }
        }
    }

private:
    void entity(const labeling::Example& example, const labeling::Mention& mention, const std::string& key) {
        if (std::ranges::find(names_, mention.label) == names_.end()) {
            const auto meant = nearest(mention.label, names_);
            std::string known;
            for (const auto& name : names_) known += (known.empty() ? "" : ", ") + name;
            findings_.report(key + ".label", "`" + mention.label + "` is not a label of this task", "one of " + known,
                             meant ? "did you mean `" + *meant + "`?" : std::string());
        }
        if (example.text.find(mention.text) == std::string::npos)
            findings_.report(key + ".text", "these words do not stand in the example's text",
                             "words copied exactly from it", "mind upper and lower case, spaces and accents");
    }

    Findings& findings_;
    std::vector<std::string> names_;
};

/// The text of a schema file, if it is JSON.
std::optional<std::string> read_schema_file(const std::string& file, Findings& findings) {
    Problems unreadable;
    auto text = read_text_file(file, unreadable);
    if (!text) {
        findings.report("schema", file + " " + unreadable.list.front().what, "a file with a JSON Schema", {});
        return std::nullopt;
    }
    rapidjson::Reader reader;
    rapidjson::StringStream stream(text->c_str());
    DepthCheck handler;
    const auto outcome = reader.Parse<rapidjson::kParseIterativeFlag>(stream, handler);
    if (!outcome.IsError()) return text;
    const bool deep = outcome.Code() == rapidjson::kParseErrorTermination;
    findings.report("schema",
                    file + (deep ? " is nested deeper than 64 levels"
                                 : " is not JSON: " + std::string(rapidjson::GetParseError_En(outcome.Code())) +
                                       " At byte " + std::to_string(outcome.Offset())),
                    "a file with a JSON Schema", {});
    return std::nullopt;
}

}  // namespace

Checked<labeling::Task> load_task(const std::string& file) {
    Problems problems;
    const auto text = read_text_file(file, problems);
    const auto root = text ? parse_yaml(*text, file, {}, problems) : std::nullopt;
    if (!root) return problems;
    const auto fields = fields_of(task_table());
    Reader reader(fields, {file, nullptr, {}}, problems);
    const auto assignments = reader.read(*root);
    TaskDraft draft;
    apply(task_table(), assignments, file, draft, problems);
    if (problems.list.empty()) {  // otherwise one mistake would be reported as several
        Findings findings(file, assignments, problems);
        TaskCheck check(findings);
        check.labels(draft.task);
        check.examples(draft.task);
        draft.task.own_schema = draft.schema.json;
        if (!draft.schema.file.empty()) {
            if (auto schema = read_schema_file(draft.schema.file, findings)) draft.task.own_schema = std::move(*schema);
        }
    }
    if (!problems.list.empty()) return problems;
    return std::move(draft.task);
}

}  // namespace prelabel::config
