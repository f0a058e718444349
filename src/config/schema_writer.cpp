#include "config/schema_writer.hpp"

#include "config/types.hpp"

#include <algorithm>

namespace prelabel::config {

Branch& Branch::child(const std::string& name) {
    const auto known = std::ranges::find(children, name, [](const auto& entry) { return entry.first; });
    if (known != children.end()) return *known->second;
    return *children.emplace_back(name, std::make_unique<Branch>()).second;
}

void SchemaWriter::members(const Branch& branch) {
    if (branch.field == nullptr) return group()->write_schema(*this, branch);
    pair("description", branch.field->description);
    branch.field->type->write_schema(*this, branch);
    write_default(branch);
}

void SchemaWriter::simple(const char* type, const std::string& pattern) {
    object([&] {
        pair("type", type);
        if (!pattern.empty()) pair("pattern", pattern);
    });
}

void SchemaWriter::variable() {
    if (variables_) simple("string", "\\$\\{");
}

void SchemaWriter::write_default(const Branch& branch) {
    const auto& text = branch.default_text;
    if (text.empty()) return;
    json.Key("default");
    if (branch.field->type->renders_json()) {
        json.RawValue(text.data(), text.size(), rapidjson::kStringType);
    } else {
        json.String(text);
    }
}

}  // namespace prelabel::config
