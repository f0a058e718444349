#include <prelabel/labeling/schema_validator.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <set>
#include <utility>

// The only unit that sees jsoncons: it takes more than a minute to compile.
#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>

namespace prelabel::labeling {
namespace {

using jsoncons::json;
namespace js = jsoncons::jsonschema;

constexpr int depth_max = 128;
constexpr std::size_t pattern_input_max = 1'024;
constexpr std::size_t quoted_value_max = 300;

Error config_error(std::string message) { return {Fault::config, "the JSON Schema " + std::move(message)}; }

json parse(std::string_view text) { return json::parse(text, jsoncons::json_options{}.max_nesting_depth(depth_max)); }

/// Every key and string of a schema: the words that are its author's and not a document's.
void collect_words(const json& value, std::set<std::string, std::less<>>& words) {
    if (value.is_string()) words.insert(value.as<std::string>());
    if (value.is_array())
        for (const auto& item : value.array_range()) collect_words(item, words);
    if (!value.is_object()) return;
    for (const auto& member : value.object_range()) {
        words.emplace(member.key());
        collect_words(member.value(), words);
    }
}

bool holds_long_string(const json& value) {
    if (value.is_string()) return value.as_string_view().size() > pattern_input_max;
    if (value.is_array()) return std::ranges::any_of(value.array_range(), holds_long_string);
    if (!value.is_object()) return false;
    return std::ranges::any_of(value.object_range(), [](const auto& member) {
        return member.key().size() > pattern_input_max || holds_long_string(member.value());
    });
}

bool is_index(std::string_view token) {
    return !token.empty() && std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; });
}

/// The violation inside a combined one that lies deepest in the value. Where any branch would do, none is to blame.
const js::validation_message& cause(const js::validation_message& message) {
    if (message.keyword() == "anyOf" || message.keyword() == "oneOf") return message;
    const js::validation_message* deepest = &message;
    std::size_t depth = 0;
    for (const js::validation_message& detail : message.details()) {
        const js::validation_message& inner = cause(detail);
        const std::size_t inner_depth = inner.instance_location().string().size() + 1;
        if (inner_depth <= depth) continue;
        depth = inner_depth;
        deepest = &inner;
    }
    return *deepest;
}

/// `$schema`, brought to the spelling that jsoncons knows; an error for drafts that we do not promise.
Result<std::string> draft_of(const json& schema) {
    const std::string draft7 = js::schema_version::draft7();
    if (!schema.is_object() || !schema.contains("$schema")) return js::schema_version::draft202012();
    if (!schema.at("$schema").is_string()) return config_error("has a \"$schema\" that is not a string");
    std::string named = schema.at("$schema").as<std::string>();
    if (!named.empty() && named.back() == '#') named.pop_back();
    if (named.starts_with("https://json-schema.org/draft-07/")) named.erase(4, 1);
    if (named + '#' == draft7) return draft7;
    if (named == js::schema_version::draft202012()) return named;
    return config_error("names \"$schema\": \"" + named + "\"; supported are \"" + draft7 + "\" and \"" +
                        js::schema_version::draft202012() + '"');
}

/// Where a schema breaks its own draft's rules, if it does.
std::optional<std::string> meta_violation(const json& schema, const std::string& draft) {
    const bool is_draft7 = draft == js::schema_version::draft7();
    const auto meta = js::make_json_schema(is_draft7 ? js::draft7::schema_draft7<json>::get_schema()
                                                     : js::draft202012::schema_draft202012<json>::get_schema());
    std::optional<std::string> at;
    meta.validate(schema, [&](const js::validation_message& message) -> js::walk_result {
        at = cause(message).instance_location().string();
        return js::walk_result::abort;
    });
    return at;
}

}  // namespace

struct SchemaValidator::Compiled {
    json source;
    js::json_schema<json> schema;
    std::set<std::string, std::less<>> words;
    bool has_pattern;

    [[nodiscard]] std::string describe(const js::validation_message& message) const {
        std::string text = "at ";
        for (const auto& token : message.instance_location())
            text += '/' + (is_index(token) || words.contains(token) ? std::string(token) : std::string("?"));
        if (message.instance_location().empty()) text += "the top";
        text += ": breaks \"" + message.keyword() + '"';
        return text + value_of_keyword(message);
    }

    /// The keyword's value where it is short and in this schema: a model mends an enum more easily when it sees it.
    [[nodiscard]] std::string value_of_keyword(const js::validation_message& message) const {
        std::error_code failed;
        const std::string fragment = message.schema_location().fragment();
        const json& value = jsoncons::jsonpointer::get(source, fragment, failed);
        if (failed || value.is_bool()) return {};
        const json* shown = &value;
        if (value.is_object()) {
            if (!value.contains(message.keyword())) return {};
            shown = &value.at(message.keyword());
        }
        if (shown->is_object()) return {};
        std::string quoted = shown->to_string();
        return quoted.size() > quoted_value_max ? std::string{} : ' ' + quoted;
    }
};

Result<SchemaValidator> SchemaValidator::compile(std::string_view schema_json) {
    try {
        json source = parse(schema_json);
        if (!source.is_object() && !source.is_bool()) return config_error("must be an object or a boolean");
        const auto draft = draft_of(source);
        if (!draft) return draft.error();
        if (source.is_object() && source.contains("$schema")) source.insert_or_assign("$schema", *draft);
        if (const auto at = meta_violation(source, *draft))
            return config_error("is not a valid schema at \"" + *at + "\" (by " + *draft + ")");

        std::string remote;
        const auto refuse = [&remote](const jsoncons::uri& uri) -> json {
            if (remote.empty()) remote = uri.string();
            return json::null();
        };
        std::string problem;
        try {
            auto schema = js::make_json_schema(source, refuse);
            if (remote.empty()) {
                std::set<std::string, std::less<>> words;
                collect_words(source, words);
                const bool has_pattern = words.contains("pattern") || words.contains("patternProperties");
                return SchemaValidator(std::make_unique<Compiled>(
                    Compiled{std::move(source), std::move(schema), std::move(words), has_pattern}));
            }
        } catch (const std::exception& unresolved) {
            problem = unresolved.what();
        }
        if (!remote.empty())
            return config_error("refers to \"" + remote + "\", which is not in it; copy that part into \"$defs\"");
        return config_error("cannot be compiled: " + problem);
    } catch (const std::exception& malformed) {
        return config_error(std::string("is not valid JSON: ") + malformed.what());
    }
}

SchemaValidator::SchemaValidator(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
SchemaValidator::SchemaValidator(SchemaValidator&&) noexcept = default;
SchemaValidator& SchemaValidator::operator=(SchemaValidator&&) noexcept = default;
SchemaValidator::~SchemaValidator() = default;

std::optional<std::string> SchemaValidator::violation(std::string_view text) const {
    try {
        const json value = parse(text);
        if (compiled_->has_pattern && holds_long_string(value))
            return "a string is longer than " + std::to_string(pattern_input_max) + " bytes";
        std::optional<std::string> found;
        compiled_->schema.validate(value, [&](const js::validation_message& message) -> js::walk_result {
            if (!found) found = compiled_->describe(cause(message));
            return js::walk_result::abort;
        });
        return found;
    } catch (const std::exception&) {  // its text may quote the value
        return "the value is not JSON that a schema can judge";
    }
}

}  // namespace prelabel::labeling
