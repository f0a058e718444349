#pragma once

#include "config/field.hpp"
#include "config/yaml_tree.hpp"

#include <prelabel/config/load.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::config {

/// A key that was given and is what it should be.
struct Assignment {
    std::size_t field = 0;  ///< index in the table
    std::string key;        ///< concrete: "labels[2].name"
    Place place;
    Value value;
};

/// Where the reader stands: as the table writes it and as the file has it.
struct At {
    std::string pattern;
    std::string key;
};

/// "llm" and "model": "llm.model".
[[nodiscard]] std::string joined(const std::string& parent, const std::string& child);
/// What stands there, for a message: short, on one line.
[[nodiscard]] std::string found(const Node& node);

/// Checks a YAML tree against a table of fields: unknown keys, types, ranges, missing keys.
/// What is right comes back in the order of the file; what is wrong goes to the problems.
class Reader {
public:
    struct Context {
        std::string file;
        const Environment* environment = nullptr;  ///< none: values are not expanded
        Needs needs;
    };

    Reader(std::span<const Field> fields, Context context, Problems& problems);

    [[nodiscard]] std::vector<Assignment> read(const Node& root);

    // What types read with.

    void read_value(const Node& node, const At& at);
    /// The keys of a mapping, each by its own field.
    void read_map(const Node& node, const At& at);
    /// The text with its variables' values; `name`, where it has one, says whether it is a credential. What must not be
    /// seen is kept from every message.
    [[nodiscard]] std::optional<std::string> expanded(const Node& node, const At& at, std::string_view name = {});
    [[nodiscard]] Written written(const Node& node) const;
    void accept(const At& at, const Place& place, Value value);
    void report(const At& at, const Place& place, std::string what, std::string expected = {}, std::string hint = {});
    /// Something stands there that is not of the type at all.
    void report_wrong(const Node& node, const At& at, const Type& type, const Field* field);

private:
    [[nodiscard]] const Field* field(const std::string& pattern) const;
    [[nodiscard]] bool required(const Field& field) const;

    void check_missing(const Node& node, const At& at);
    void report_unknown(const Entry& entry, const At& parent, const At& at);

    std::span<const Field> fields_;
    Context context_;
    Problems& problems_;
    std::map<std::string, std::size_t> index_;
    std::set<std::string> prefixes_;  ///< of keys: mappings, whether or not a field describes them
    std::vector<Assignment> assignments_;
};

}  // namespace prelabel::config
