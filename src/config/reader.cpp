#include "config/reader.hpp"

#include "config/expand.hpp"
#include "config/secrets.hpp"
#include "config/types.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::config {
namespace {

/// The name after the last dot.
std::string_view leaf(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

}  // namespace

std::string joined(const std::string& parent, const std::string& child) {
    return parent.empty() ? child : parent + "." + child;
}

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

Reader::Reader(std::span<const Field> fields, Context context, Problems& problems)
    : fields_(fields), context_(std::move(context)), problems_(problems) {
    prefixes_.insert("");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string& path = fields[i].path;
        index_.emplace(path, i);
        for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
            prefixes_.insert(path.substr(0, dot));
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
    if (const Field* known = field(at.pattern)) return known->type->read(node, at, *known, *this);
    if (node.kind != Node::Kind::map && node.kind != Node::Kind::null) return report_wrong(node, at, *group(), nullptr);
    read_map(node, at);
}

void Reader::read_map(const Node& node, const At& at) {
    for (const auto& entry : node.entries) {
        const At child{joined(at.pattern, entry.key), joined(at.key, entry.key)};
        const bool nested = entry.key.find_first_of(".[") != std::string::npos;  // "a.b" as one key is not a.b
        if (nested || (field(child.pattern) == nullptr && !prefixes_.contains(child.pattern))) {
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
        const At missing{candidate.path, joined(at.key, rest)};
        const Node* parent = &node;
        const Node* child = nullptr;
        while (true) {
            const auto dot = rest.find('.');
            child = parent->find(rest.substr(0, dot));
            if (child == nullptr || dot == std::string::npos) break;
            parent = child;
            rest.erase(0, dot + 1);
        }
        if (child == nullptr) report(missing, parent->place, "is missing", candidate.type->expectation());
    }
}

std::optional<std::string> Reader::expanded(const Node& node, const At& at, std::string_view name) {
    if (context_.environment == nullptr) return node.text;
    const Field* const known = field(at.pattern);
    const bool in_secret_field = known != nullptr && (known->secret || known->type->has_names());
    auto outcome = expand(node.text, keeping_secrets(*context_.environment, name, in_secret_field));
    if (auto* text = std::get_if<std::string>(&outcome)) {
        keep_secrets_of(name, *text);
        return std::move(*text);
    }
    auto& failure = std::get<ExpansionFailure>(outcome);
    report(at, node.place, std::move(failure.what), {}, std::move(failure.hint));
    return std::nullopt;
}

Written Reader::written(const Node& node) const {
    Written written{node.plain};
    if (node.place.option.empty()) written.directory = std::filesystem::path(context_.file).parent_path();
    return written;
}

void Reader::accept(const At& at, const Place& place, Value value) {
    assignments_.push_back({index_.at(at.pattern), at.key, place, std::move(value)});
}

void Reader::report(const At& at, const Place& place, std::string what, std::string expected, std::string hint) {
    Problem problem = problem_at(context_.file, place);
    if (problem.option != "--set " + at.key) problem.key = at.key;  // named already
    problem.what = std::move(what);
    problem.expected = std::move(expected);
    problem.hint = std::move(hint);
    problems_.list.push_back(std::move(problem));
}

void Reader::report_wrong(const Node& node, const At& at, const Type& type, const Field* field) {
    const bool secret = field != nullptr && (field->secret || type.has_names()) && node.kind == Node::Kind::scalar;
    if (context_.environment != nullptr) keep_secrets_of({}, node.text);
    report(at, node.place, secret ? "found a text (not shown)" : found(node), type.expectation(),
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
    const auto blank_missing = entry.key.substr(0, entry.key.find(':'));
    if (blank_missing != entry.key && std::ranges::find(siblings, blank_missing) != siblings.end()) {
        hint = "write {" + blank_missing + ": …}, with a blank behind the colon";
    } else if (auto meant = nearest(entry.key, siblings)) {
        hint = "did you mean `" + *meant + "`?";
    } else if (!elsewhere.empty()) {
        hint = "did you mean `" + elsewhere + "`?";
    }
    report(at, entry.place, "is not a known key", std::move(expected), std::move(hint));
}

}  // namespace prelabel::config
