#include "config/config_table.hpp"
#include "config/task_table.hpp"

#include <prelabel/config/reference.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace prelabel::config {
namespace {

constexpr std::string_view head = R"(# Configuration

<!-- Generated from the tables that the parser uses. Do not edit: run the tests with PRELABEL_UPDATE=1. -->

A worker is described by one YAML file and the task file it names. `prelabel check -c FILE` says what is wrong in either, with
line, key, what was found and what was expected. An unknown key is an error, and so is a key given twice. The schemas for editors
are [config.schema.json](schemas/config.schema.json) and [task.schema.json](schemas/task.schema.json).

- `${VAR}` and `${VAR:-default}` in a value are replaced by the environment's; the default serves when the variable is unset or
  empty. `$$` stands for `$`. Task files are taken as they are.
- Durations are written `250ms`, `5s`, `10m`, `1h`, `30d`; sizes `1000000`, `64KiB`, `256MiB`, `10GiB` or `5MB`.
- A path in a file is relative to that file's directory.
- `--set llm.limits.max_in_flight=64` on the command line wins over the file. Its value is YAML; a path in it is relative to the
  working directory. In mappings of names the rest of the key is the name: `--set input.kafka.properties.sasl.username=me`.
- Secrets do not belong in the file: `llm.api_key` takes `{env: NAME}` or `{file: path}`, and passwords among the Kafka properties
  can be `${VAR}`. No message shows them: the variable or `***` stands in their place. Other values of variables are shown, unless
  the variable's name (`API_KEY`, `…_TOKEN`) or the value itself looks like a secret ([how](decisions/0038-what-a-variable-may-hold.md)).
  A key that would go over `http://` to another machine gets a warning.
)";

constexpr std::string_view task_head = R"(
## The task file

What is to be labeled, and how. Everything in it shapes the prompt or the accepted answers, and with them the task's version.
)";

std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string_view needed_for(Need need) {
    switch (need) {
        case Need::no:
            return "";
        case Need::always:
            return "required";
        case Need::model:
            return "required to label";
        case Need::input:
            return "required to read from Kafka";
        case Need::output:
            return "required to write to Kafka";
    }
    return "";
}

template <class Target>
std::string default_of(const Setting<Target>& setting, const Target& defaults) {
    if (!setting.field.default_note.empty()) return setting.field.default_note;
    if (setting.get) {
        const auto text = setting.field.type->render(setting.get(defaults));
        if (!text.empty()) return "`" + text + "`";
    }
    return std::string(needed_for(setting.field.need));
}

template <class Target>
std::string rows(const Table<Target>& table) {
    const Target defaults;
    std::string text;
    std::string section;
    for (const auto& setting : table) {
        const Field& field = setting.field;
        const std::string group = field.path.substr(0, field.path.find_first_of(".["));
        const bool flat = std::is_same_v<Target, TaskDraft>;  // a task file is one table
        if (section.empty() || (!flat && group != section)) {
            if (!flat) text += "\n## `" + group + "`\n";
            text += "\n| key | value | default | meaning |\n|---|---|---|---|\n";
            section = group;
        }
        text += "| `" + field.path + "` | " + escaped(field.type->expectation()) + " | " +
                escaped(default_of(setting, defaults)) + " | " + escaped(field.description) + " |\n";
    }
    return text;
}

}  // namespace

std::string configuration_markdown() {
    return std::string(head) + rows(config_table()) + std::string(task_head) + rows(task_table());
}

}  // namespace prelabel::config
