#pragma once

#include <prelabel/base/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prelabel::labeling {

/// A compiled JSON Schema (draft-07 or 2020-12; by `$schema`, 2020-12 without it). Compile once, validate often.
/// Threads: validate() is const and may run anywhere; one validator per worker in practice.
class SchemaValidator {
public:
    /// Errors: Fault::config when the text is not JSON, not a schema, or refers to something remote.
    [[nodiscard]] static Result<SchemaValidator> compile(std::string_view schema_json);

    SchemaValidator(SchemaValidator&&) noexcept;
    SchemaValidator& operator=(SchemaValidator&&) noexcept;
    ~SchemaValidator();

    /// The first violation as "at /entities/0/label: …" (no document text), none when the value conforms.
    [[nodiscard]] std::optional<std::string> violation(std::string_view json) const;

private:
    struct Compiled;
    explicit SchemaValidator(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace prelabel::labeling
