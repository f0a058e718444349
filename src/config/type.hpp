#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/config/settings.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::config {

class Reader;
class SchemaWriter;
struct At;
struct Branch;
struct Field;
struct Node;

using TextMap = std::map<std::string, std::string>;
using TextList = std::vector<std::string>;
/// A JSON Schema: its text, or the file that holds it.
struct SchemaSource {
    std::string json;
    std::string file;

    friend bool operator==(const SchemaSource&, const SchemaSource&) = default;
};

/// What was read at a key. Integer and size: int64; choice: the word; a mapping and null: monostate.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Duration, TextMap, HeaderMap,
                           SchemaSource, TextList>;

/// What may stand at a key. All that there is to know of a type is in its class: what a message expects, how it is
/// read, how it is written, what a JSON Schema says of it.
class Type {
public:
    virtual ~Type() = default;

    /// "an integer from 1 to 65536".
    [[nodiscard]] virtual std::string expectation() const = 0;
    /// Gives the reader what stands there, or a problem.
    virtual void read(const Node& node, const At& at, const Field& field, Reader& reader) const = 0;
    /// The value as it would be written in YAML.
    [[nodiscard]] virtual std::string render(const Value& value) const = 0;
    /// What was rendered is JSON as it is; otherwise it is the text of a JSON string.
    [[nodiscard]] virtual bool renders_json() const { return false; }
    /// The members of its JSON Schema, besides description and default. `branch` has the keys below it.
    virtual void write_schema(SchemaWriter& schema, const Branch& branch) const = 0;
    /// The keys below are any names, with dots of their own.
    [[nodiscard]] virtual bool has_names() const { return false; }
};
using TypePtr = std::shared_ptr<const Type>;

/// Types whose values no table has a default for, other than none at all.
class Structure : public Type {
public:
    [[nodiscard]] std::string render(const Value&) const override { return "{}"; }
};

/// Why a scalar is not what its type wants.
struct Refusal {
    std::string what = {};  ///< empty: simply not of that type
    std::string hint = {};
    bool secret = false;  ///< the text may be a credential
};
using Outcome = std::variant<Value, Refusal>;

/// How a scalar was written.
struct Written {
    bool typed = true;                                    ///< without quotes, so it may be a number
    std::optional<std::filesystem::path> directory = {};  ///< of the file; none: typed on the command line
};
/// A path as it was written, from the working directory.
[[nodiscard]] std::string resolved(std::string_view path, const Written& written);

/// A type whose values are written as one text.
class Scalar : public Type {
public:
    void read(const Node& node, const At& at, const Field& field, Reader& reader) const override;
    [[nodiscard]] virtual Outcome read_text(std::string_view text, const Written& written) const = 0;

protected:
    /// What it means that nothing stands there; `node` is null.
    [[nodiscard]] virtual std::optional<Value> nothing(const Node& node) const;
    /// `${VAR}` is replaced before it is read.
    [[nodiscard]] virtual bool expands() const { return true; }
};
using ScalarPtr = std::shared_ptr<const Scalar>;

}  // namespace prelabel::config
