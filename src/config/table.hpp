#pragma once

#include "config/field.hpp"
#include "config/reader.hpp"

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/expects.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace prelabel::config {

/// One key of a `Target`: what it is, how it gets there, what it is when nobody says.
template <class Target>
struct Setting {
    Field field;
    /// Stores a value; a text says why it cannot be.
    std::function<std::optional<std::string>(Target&, const Value&)> set;
    /// The value in a target, for the default in the documentation; empty where there is no plain default.
    std::function<Value(const Target&)> get = {};
};

template <class Target>
using Table = std::vector<Setting<Target>>;

/// Stores a value whose type the reader has checked.
template <class Member>
void store(Member& member, const Value& value) {
    if constexpr (std::is_enum_v<Member>) {
        const auto chosen = from_string<Member>(std::get<std::string>(value));
        expects(chosen.has_value(), "the key's type is a choice of this enumeration's names");
        member = *chosen;
    } else if constexpr (std::same_as<Member, std::optional<double>>) {
        member = std::holds_alternative<double>(value) ? std::optional(std::get<double>(value)) : std::nullopt;
    } else if constexpr (std::same_as<Member, std::optional<std::int64_t>>) {
        const auto* number = std::get_if<std::int64_t>(&value);
        member = number ? std::optional(*number) : std::nullopt;
    } else if constexpr (std::integral<Member>) {
        member = static_cast<Member>(std::get<std::int64_t>(value));
    } else {
        member = std::get<Member>(value);
    }
}

template <class Member>
Value load_value(const Member& member) {
    if constexpr (std::is_enum_v<Member>) {
        return std::string(prelabel::to_string(member));
    } else if constexpr (std::integral<Member>) {
        return static_cast<std::int64_t>(member);
    } else if constexpr (std::same_as<Member, std::optional<double>> ||
                         std::same_as<Member, std::optional<std::int64_t>>) {
        return member ? Value(*member) : Value(std::monostate{});
    } else {
        return member;
    }
}

/// A key that is simply a member: `at` gives a reference to it.
template <class Target, class At>
Setting<Target> member(Field field, At at) {
    return {std::move(field),
            [at](Target& target, const Value& value) -> std::optional<std::string> {
                store(at(target), value);
                return std::nullopt;
            },
            [at](const Target& target) { return load_value(at(target)); }};
}

/// Like member(), where nobody is shown what it is when nobody says.
template <class Target, class At>
Setting<Target> member_without_default(Field field, At at) {
    auto setting = member<Target>(std::move(field), at);
    setting.get = nullptr;
    return setting;
}

/// The rows of a part of a `Target`: `at` gives a reference to the part.
template <class Target, class Part, class At>
void add_part(Table<Target>& table, const Table<Part>& rows, At at) {
    for (const auto& row : rows) {
        Setting<Target> whole{
            row.field, [set = row.set, at](Target& target, const Value& value) { return set(at(target), value); }};
        if (row.get) whole.get = [get = row.get, at](const Target& target) { return get(at(target)); };
        table.push_back(std::move(whole));
    }
}

template <class Target>
std::vector<Field> fields_of(const Table<Target>& table) {
    std::vector<Field> fields;
    for (const auto& setting : table) fields.push_back(setting.field);
    return fields;
}

/// Stores all that was read; what a setter refuses becomes a problem at its place.
template <class Target>
void apply(const Table<Target>& table, const std::vector<Assignment>& assignments, const std::string& file,
           Target& target, Problems& problems) {
    for (const auto& assignment : assignments) {
        auto refusal = table[assignment.field].set(target, assignment.value);
        if (!refusal) continue;
        Problem problem = problem_at(file, assignment.place);
        problem.key = assignment.key;
        problem.what = std::move(*refusal);
        problems.list.push_back(std::move(problem));
    }
}

}  // namespace prelabel::config
