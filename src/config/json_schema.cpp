#include "config/config_table.hpp"
#include "config/schema_writer.hpp"
#include "config/task_table.hpp"

#include <prelabel/config/reference.hpp>

#include <algorithm>
#include <string_view>

namespace prelabel::config {
namespace {

template <class Target>
Branch grown(const Table<Target>& table) {
    Branch root;
    const Target defaults;
    for (const auto& setting : table) {
        Branch* at = &root;
        std::string_view rest = setting.field.path;
        while (!rest.empty()) {
            const auto end = rest.starts_with("[]") ? 2 : std::min(rest.find_first_of(".["), rest.size());
            at = &at->child(std::string(rest.substr(0, end)));
            rest.remove_prefix(end);
            if (rest.starts_with('.')) rest.remove_prefix(1);
        }
        at->field = &setting.field;
        if (setting.get) at->default_text = setting.field.type->render(setting.get(defaults));
    }
    return root;
}

template <class Target>
std::string schema(const Table<Target>& table, const char* title, bool variables) {
    rapidjson::StringBuffer buffer;
    SchemaWriter::Json json(buffer);
    json.SetIndent(' ', 2);
    SchemaWriter writer(json, variables);
    writer.object([&] {
        writer.pair("$schema", "https://json-schema.org/draft/2020-12/schema");
        writer.pair("title", title);
        writer.members(grown(table));
    });
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace

std::string config_schema_json() { return schema(config_table(), "prelabel configuration", true); }

std::string task_schema_json() { return schema(task_table(), "prelabel task", false); }

}  // namespace prelabel::config
