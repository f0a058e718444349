#pragma once

#include <prelabel/base/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::labeling {

/// A compiled JSON Schema (draft-07 or 2020-12; by `$schema`, 2020-12 without it). Compile once, validate often.
/// `format` is a note, not a rule, as both drafts have it by default.
///
/// Patterns are ECMA-262 and matched in linear time (RE2): look-around, backreferences and repeats above 1,000 are
/// refused when the schema is compiled.
///
/// Bound:   a value is a violation when it holds more than 262,144 values, when its strings times the size of the
///          schema's patterns exceed 2^30 (89 MB for the pattern of a date, 200 KB for `^.{1,500}$`: a second's work at
///          worst), or when the schema uses `uniqueItems` and an array has more than 2,048 items.
/// Threads: validate() is const and may run anywhere; one validator per worker in practice.
/// Cost:    about 12 µs for an answer with 5 entities, 110 µs for 50; AnswerValidator spares most tasks that.
class SchemaValidator {
public:
    /// Errors: Fault::config when the text is not JSON, breaks its draft's meta-schema, or refers to something remote.
    [[nodiscard]] static Result<SchemaValidator> compile(std::string_view schema_json);

    SchemaValidator(SchemaValidator&&) noexcept;
    SchemaValidator& operator=(SchemaValidator&&) noexcept;
    ~SchemaValidator();

    /// The first violation, none when the value conforms, as
    ///   at /entities/0/label: breaks "enum" ["PER","ORG"]
    /// No document text: names and values in it are the schema's own words, other names are written "?".
    [[nodiscard]] std::optional<std::string> violation(std::string_view json) const;

private:
    struct Compiled;
    explicit SchemaValidator(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace prelabel::labeling
