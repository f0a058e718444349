#include "config/overrides.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::config {
namespace {

/// The steps to a key: at its dots, except inside a mapping of names, whose names have dots of their own.
std::vector<std::string> steps_to(std::string_view key, std::span<const Field> fields) {
    std::vector<std::string> steps;
    for (std::size_t at = 0; at <= key.size();) {
        const bool names = at > 0 && std::ranges::any_of(fields, [&](const Field& field) {
                               return field.type->has_names() && field.path == key.substr(0, at - 1);
                           });
        const auto dot = names ? key.size() : std::min(key.find('.', at), key.size());
        steps.emplace_back(key.substr(at, dot - at));
        at = dot + 1;
    }
    return steps;
}

void put(Node& root, const std::vector<std::string>& steps, const Place& place, Node value) {
    Node* node = &root;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (node->kind != Node::Kind::map) {
            *node = {};
            node->kind = Node::Kind::map;
            node->place = place;
        }
        Node* next = node->find(steps[i]);
        if (next == nullptr) {
            Node empty;
            empty.place = place;
            next = &node->entries.emplace_back(Entry{steps[i], place, std::move(empty)}).value;
        }
        node = next;
    }
    *node = std::move(value);
}

}  // namespace

void apply_overrides(std::span<const std::string> overrides, std::span<const Field> fields, Node& root,
                     Problems& problems) {
    for (const auto& argument : overrides) {
        const auto equals = argument.find('=');
        const std::string key = argument.substr(0, equals);
        const Place place{0, 0, "--set " + key};
        const auto refuse = [&](std::string what) {
            Problem problem = problem_at({}, place);
            problem.what = std::move(what);
            problem.expected = "--set key=value, for example --set llm.limits.max_in_flight=64";
            problems.list.push_back(std::move(problem));
        };
        const auto steps = steps_to(key, fields);
        if (equals == std::string::npos || std::ranges::any_of(steps, &std::string::empty)) {
            refuse(equals == std::string::npos ? "has no value" : "names no key");
            continue;
        }
        const std::string text = argument.substr(equals + 1);
        Node value;
        value.place = place;
        if (text.find_first_not_of(' ') != std::string::npos) {
            auto parsed = parse_yaml(text, {}, place.option, problems);
            if (!parsed) continue;
            value = std::move(*parsed);
        } else {  // `--set a.b=` is an empty text
            value.kind = Node::Kind::scalar;
        }
        put(root, steps, place, std::move(value));
    }
}

}  // namespace prelabel::config
