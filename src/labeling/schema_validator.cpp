#include <prelabel/labeling/schema_validator.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <set>
#include <stdexcept>
#include <utility>

// The only unit that sees jsoncons: it takes more than a minute to compile.
#include "labeling/jsoncons_schema.hpp"

namespace prelabel::labeling {
namespace {

using jsoncons::json;
namespace js = jsoncons::jsonschema;

constexpr int depth_max = 128;
constexpr std::size_t pattern_steps_max = 1U << 30;
constexpr std::size_t values_max = 1U << 18;     // inside an anyOf jsoncons keeps a message for each that is wrong
constexpr std::size_t unique_items_max = 2'048;  // jsoncons compares each with each
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

/// What the schema's patterns cost, added up, for each byte that all of them look at.
std::size_t pattern_steps_per_byte(const json& schema) {
    std::size_t steps = 0;
    const auto add = [&](std::string_view pattern) {
        try {
            steps += Pattern(pattern).steps_per_byte();
        } catch (const std::invalid_argument&) {  // not a keyword after all: jsoncons has accepted all that are
        }
    };
    if (schema.is_array())
        for (const auto& item : schema.array_range()) steps += pattern_steps_per_byte(item);
    if (!schema.is_object()) return steps;
    for (const auto& member : schema.object_range()) {
        if (member.key() == "pattern" && member.value().is_string()) add(member.value().as_string_view());
        if (member.key() == "patternProperties" && member.value().is_object())
            for (const auto& property : member.value().object_range()) add(property.key());
        steps += pattern_steps_per_byte(member.value());
    }
    return steps;
}

/// How much there is to validate: values, bytes of all strings and keys, items of the longest array.
struct Extent {
    std::size_t values = 0;
    std::size_t text = 0;
    std::size_t items = 0;

    void add(const json& value) {
        ++values;
        if (value.is_string()) text += value.as_string_view().size();
        if (value.is_array()) {
            items = std::max(items, value.size());
            for (const auto& item : value.array_range()) add(item);
        }
        if (!value.is_object()) return;
        for (const auto& member : value.object_range()) {
            text += member.key().size();
            add(member.value());
        }
    }
};

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
    std::size_t pattern_steps;  // for each byte of text
    bool has_unique_items;

    /// What the schema's rules would take too long to be held against.
    [[nodiscard]] std::optional<std::string> excess(const json& value) const {
        Extent extent;
        extent.add(value);
        if (extent.values > values_max) return "it holds more than " + std::to_string(values_max) + " values";
        if (pattern_steps > 0 && extent.text > pattern_steps_max / pattern_steps)
            return "its strings have " + std::to_string(extent.text) + " bytes, too many for the schema's patterns";
        if (has_unique_items && extent.items > unique_items_max)
            return "an array has more than " + std::to_string(unique_items_max) +
                   " items, too many for \"uniqueItems\"";
        return std::nullopt;
    }

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
                const std::size_t steps = pattern_steps_per_byte(source);
                const bool unique = words.contains("uniqueItems");
                return SchemaValidator(std::make_unique<Compiled>(
                    Compiled{std::move(source), std::move(schema), std::move(words), steps, unique}));
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
        std::optional<std::string> found = compiled_->excess(value);
        if (found) return found;
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
