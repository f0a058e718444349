#include "config/reader.hpp"

#include "config/expand.hpp"
#include "config/scalar.hpp"
#include "config/secrets.hpp"
#include "config/yaml_json.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace prelabel::config {
namespace {

std::string join(const std::string& parent, const std::string& child) {
    return parent.empty() ? child : parent + "." + child;
}

/// What stands there, for a message: short, on one line.
std::string found(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null:
            return "has no value";
        case Node::Kind::map:
            return "found a mapping";
        case Node::Kind::list:
            return "found a list";
        case Node::Kind::scalar:
            break;
    }
    constexpr std::size_t shown_max = 60;
    std::string shown;
    for (const char c : node.text.substr(0, shown_max)) shown += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    while (node.text.size() > shown_max && !shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80U) != 0)
        shown.pop_back();  // never half a character
    return "found \"" + shown + (node.text.size() > shown_max ? "…\"" : "\"");
}

/// The name after the last dot.
std::string_view leaf(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

}  // namespace

Reader::Reader(std::span<const Field> fields, Context context, Problems& problems)
    : fields_(fields), context_(std::move(context)), problems_(problems) {
    groups_.insert("");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string& path = fields[i].path;
        index_.emplace(path, i);
        if (fields[i].shape.type == Type::group) groups_.insert(path);
        for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
            groups_.insert(path.substr(0, dot));
    }
}

std::vector<Assignment> Reader::read(const Node& root) {
    read_value(root, {});
    return std::exchange(assignments_, {});
}

const Field* Reader::field(const std::string& pattern) const {
    const auto found_field = index_.find(pattern);
    return found_field == index_.end() ? nullptr : &fields_[found_field->second];
}

bool Reader::required(const Field& field) const {
    switch (field.need) {
        case Need::no:
            return false;
        case Need::always:
            return true;
        case Need::model:
            return context_.needs.model;
        case Need::input:
            return context_.needs.input;
        case Need::output:
            return context_.needs.output;
    }
    return false;
}

void Reader::read_value(const Node& node, const At& at) {
    const Field* known = field(at.pattern);
    if (is_group(at.pattern)) {
        const bool text = known != nullptr && known->shape.may_be_text && node.kind == Node::Kind::scalar;
        if (text) return read_leaf(node, at, *known);
        if (node.kind == Node::Kind::map || (node.kind == Node::Kind::null && known == nullptr)) {
            if (known != nullptr) accept(at, node.place, std::monostate{});
            return read_map(node, at);
        }
        return report_wrong(node, at, known != nullptr ? known->shape : of(Type::group), known);
    }
    switch (known->shape.type) {
        case Type::list:
            return read_list(node, at, *known);
        case Type::text_map:
            return read_text_map(node, at, *known);
        case Type::schema:
            return read_schema(node, at, *known);
        default:
            return read_leaf(node, at, *known);
    }
}

void Reader::read_map(const Node& node, const At& at) {
    for (const auto& entry : node.entries) {
        const At child{join(at.pattern, entry.key), join(at.key, entry.key)};
        const bool nested = entry.key.find_first_of(".[") != std::string::npos;  // "a.b" as one key is not a.b
        if (nested || (field(child.pattern) == nullptr && !is_group(child.pattern))) {
            report_unknown(entry, at, child);
        } else {
            read_value(entry.value, child);
        }
    }
    if (at.pattern.empty() || at.pattern.ends_with("[]")) check_missing(node, at);
}

void Reader::check_missing(const Node& node, const At& at) {
    const std::string prefix = at.pattern.empty() ? "" : at.pattern + ".";
    for (const auto& candidate : fields_) {
        if (!required(candidate) || !candidate.path.starts_with(prefix)) continue;
        std::string rest = candidate.path.substr(prefix.size());
        if (rest.find("[]") != std::string::npos) continue;
        const At missing{candidate.path, join(at.key, rest)};
        const Node* parent = &node;
        const Node* child = nullptr;
        while (true) {
            const auto dot = rest.find('.');
            child = parent->find(rest.substr(0, dot));
            if (child == nullptr || dot == std::string::npos) break;
            parent = child;
            rest.erase(0, dot + 1);
        }
        if (child == nullptr) report(missing, parent->place, "is missing", expectation(candidate.shape));
    }
}

void Reader::read_list(const Node& node, const At& at, const Field& field) {
    if (node.kind != Node::Kind::list && node.kind != Node::Kind::null)
        return report_wrong(node, at, field.shape, &field);
    const auto items = static_cast<double>(node.items.size());
    if (items < field.shape.min || items > field.shape.max) {
        report(at, node.place, "has " + std::to_string(node.items.size()) + " items",
               "from " + render_number(field.shape.min) + " to " + render_number(field.shape.max));
    }
    for (std::size_t i = 0; i < node.items.size(); ++i)
        read_value(node.items[i], {at.pattern + "[]", at.key + "[" + std::to_string(i) + "]"});
}

void Reader::read_text_map(const Node& node, const At& at, const Field& field) {
    if (node.kind != Node::Kind::map && node.kind != Node::Kind::null)
        return report_wrong(node, at, field.shape, &field);
    TextMap map;
    for (const auto& entry : node.entries) {
        const At child{at.pattern, join(at.key, entry.key)};
        keep_secrets_of({}, entry.key);  // `{sasl.password=x}` is a name without a value
        if (entry.value.kind != Node::Kind::scalar) {
            report(child, entry.value.place, entry.value.kind == Node::Kind::null ? "has no value" : "is not a text",
                   "a text, a number or true or false");
        } else if (auto text = expanded(entry.value, child, entry.key)) {
            map.emplace(entry.key, std::move(*text));
        }
    }
    accept(at, node.place, std::move(map));
}

void Reader::read_schema(const Node& node, const At& at, const Field& field) {
    if (node.kind != Node::Kind::map) return report_wrong(node, at, field.shape, &field);
    const Node* file = node.entries.size() == 1 ? node.find("file") : nullptr;
    if (file != nullptr && file->kind == Node::Kind::scalar) {
        accept(at, file->place, SchemaSource{{}, resolved(file->text, *file)});
    } else {
        accept(at, node.place, SchemaSource{to_json(node), {}});
    }
}

void Reader::read_leaf(const Node& node, const At& at, const Field& field) {
    if (node.kind == Node::Kind::null && field.shape.may_be_null) return accept(at, node.place, std::monostate{});
    if (node.kind == Node::Kind::null && field.shape.may_be_empty && node.text.empty())
        return accept(at, node.place, std::string());
    if (node.kind != Node::Kind::scalar) return report_wrong(node, at, field.shape, &field);
    const auto text = field.shape.type == Type::variable ? std::optional(node.text) : expanded(node, at);
    if (!text) return;
    // What comes from the environment has no quotes to tell a text from a number.
    auto outcome = read_scalar(*text, node.plain || *text != node.text, field.shape);
    if (auto* refusal = std::get_if<Refusal>(&outcome)) {
        if (field.shape.type == Type::variable) keep_secret(*text);  // a key, where its variable's name belongs
        const bool shown = !field.secret && node.text.find('@') == std::string::npos;
        std::string what = !refusal->what.empty() ? refusal->what : shown ? found(node) : "found something else";
        if (*text != node.text && refusal->what.empty()) what += " and, expanded, something else";
        std::string hint = !field.advice.empty() ? field.advice : refusal->hint;
        report(at, node.place, std::move(what), expectation(field.shape), std::move(hint));
        return;
    }
    auto value = std::move(std::get<Value>(outcome));
    if (field.shape.type == Type::path) value = resolved(std::get<std::string>(value), node);
    accept(at, node.place, std::move(value));
}

std::optional<std::string> Reader::expanded(const Node& node, const At& at, std::string_view name) {
    if (context_.environment == nullptr) return node.text;
    auto outcome = expand(node.text, keeping_secrets(*context_.environment, name));
    if (auto* text = std::get_if<std::string>(&outcome)) {
        keep_secrets_of(name, *text);
        return std::move(*text);
    }
    auto& failure = std::get<ExpansionFailure>(outcome);
    report(at, node.place, std::move(failure.what), {}, std::move(failure.hint));
    return std::nullopt;
}

std::string Reader::resolved(const std::string& path, const Node& node) const {
    if (!node.place.option.empty()) return path;
    return (std::filesystem::path(context_.file).parent_path() / path).lexically_normal().string();
}

void Reader::accept(const At& at, const Place& place, Value value) {
    assignments_.push_back({index_.at(at.pattern), at.key, place, std::move(value)});
}

Problem& Reader::report(const At& at, const Place& place, std::string what, std::string expected, std::string hint) {
    Problem problem = problem_at(context_.file, place);
    problem.key = at.key;
    problem.what = std::move(what);
    problem.expected = std::move(expected);
    problem.hint = std::move(hint);
    return problems_.list.emplace_back(std::move(problem));
}

void Reader::report_wrong(const Node& node, const At& at, const Shape& shape, const Field* field) {
    const bool text_map = field != nullptr && field->shape.type == Type::text_map;
    const bool secret = field != nullptr && (field->secret || text_map) && node.kind == Node::Kind::scalar;
    if (context_.environment != nullptr) keep_secrets_of({}, node.text);
    report(at, node.place, secret ? "found a text (not shown)" : found(node), expectation(shape),
           field != nullptr ? field->advice : std::string());
}

void Reader::report_unknown(const Entry& entry, const At& parent, const At& at) {
    std::vector<std::string> siblings;
    std::string elsewhere;
    const std::string prefix = parent.pattern.empty() ? "" : parent.pattern + ".";
    for (const auto& candidate : fields_) {
        if (leaf(candidate.path) == entry.key) elsewhere = candidate.path;
        if (!candidate.path.starts_with(prefix)) continue;
        const std::string name =
            candidate.path.substr(prefix.size(), candidate.path.find_first_of(".[", prefix.size()) - prefix.size());
        if (!name.empty() && std::ranges::find(siblings, name) == siblings.end()) siblings.push_back(name);
    }
    std::string expected = "one of ";
    for (std::size_t i = 0; i < siblings.size(); ++i) expected += (i == 0 ? "" : ", ") + siblings[i];
    const Field* group = field(parent.pattern);
    const bool plain = std::ranges::all_of(entry.key, [](char c) { return c >= 'a' && c <= 'z'; });
    if (group != nullptr && group->secret && !plain) keep_secret(entry.key);  // `api_key: {sk-…}` has it for a name
    keep_secrets_of({}, entry.key);
    std::string hint;
    if (auto meant = nearest(entry.key, siblings)) {
        hint = "did you mean `" + *meant + "`?";
    } else if (!elsewhere.empty()) {
        hint = "did you mean `" + elsewhere + "`?";
    }
    report(at, entry.place, "is not a known key", std::move(expected), std::move(hint));
}

}  // namespace prelabel::config
