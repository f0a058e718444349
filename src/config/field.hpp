#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/config/load.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace prelabel::config {

enum class Type {
    integer,
    number,
    text,
    path,      ///< of a file; relative to the directory of the file it is written in
    pointer,   ///< JSON Pointer
    url,       ///< http or https
    listen,    ///< host:port, or off
    choice,    ///< one word of a list
    variable,  ///< name of an environment variable; never expanded
    duration,  ///< 250ms, 5s, 10m, 1h, 30d
    size,      ///< bytes: 1000000, 64KiB, 10GiB, 5MB
    text_map,  ///< any names, each with a text
    schema,    ///< a mapping kept as JSON, or {file: path}
    group,     ///< a mapping with known keys
    list,      ///< of what the field `path[]` says
};

/// What may stand at a key.
struct Shape {
    Type type = Type::text;
    double min = 0;  ///< integer, number, size (bytes), duration (nanoseconds), list (items)
    double max = 0;
    std::vector<std::string> choices;
    std::vector<std::string> unavailable;  ///< choices that the product knows and this version has not
    bool may_be_null = false;
    bool may_be_text = false;   ///< group: a lone text stands for it
    bool may_be_empty = false;  ///< text
};

[[nodiscard]] Shape integer(std::int64_t min, std::int64_t max);
[[nodiscard]] Shape number(double min, double max);
[[nodiscard]] Shape number_or_null(double min, double max);
[[nodiscard]] Shape choice(std::vector<std::string> words, std::vector<std::string> unavailable = {});
/// One of an enumeration's names.
template <NamedEnum E>
[[nodiscard]] Shape choice(std::vector<std::string> unavailable = {}) {
    return choice(enum_words<E>(), std::move(unavailable));
}
[[nodiscard]] Shape duration(Duration min, Duration max);
[[nodiscard]] Shape size(std::uint64_t min, std::uint64_t max);
[[nodiscard]] Shape list(std::size_t min, std::size_t max);
[[nodiscard]] Shape of(Type type);

/// Which commands cannot do without a key.
enum class Need { no, always, model, input, output };

/// One key: the parser, the documentation and the published schemas are all made from it.
struct Field {
    std::string path;  ///< "llm.limits.max_in_flight"; below a list's items "labels[].name"
    Shape shape;
    std::string description;
    Need need = Need::no;
    std::string default_note = {};  ///< a default that is not a plain value
    std::string advice = {};        ///< added when something of the wrong kind stands there
    bool secret = false;            ///< what is found there is never shown
};

using TextMap = std::map<std::string, std::string>;
/// A JSON Schema: its text, or the file that holds it.
struct SchemaSource {
    std::string json;
    std::string file;
};

/// What was read at a key. Shapes: integer and size int64; choice the word; group monostate; null monostate.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Duration, TextMap, SchemaSource>;

/// "an integer from 1 to 65536".
[[nodiscard]] std::string expectation(const Shape& shape);
/// The value as it would be written in YAML.
[[nodiscard]] std::string render(const Value& value, const Shape& shape);
[[nodiscard]] std::string render_duration(Duration value);
[[nodiscard]] std::string render_size(std::int64_t bytes);
/// Shortest text that reads back as the same number.
[[nodiscard]] std::string render_number(double value);

}  // namespace prelabel::config
