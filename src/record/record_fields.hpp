#pragma once

#include <prelabel/labeling/task.hpp>

#include <string>
#include <vector>

namespace prelabel::record {

enum class FieldType { text, int32, int64, real, instant, json, object, objects, texts };

/// Which records have a field. A data lake has a column for each, so that all records fit into one table.
enum class Presence {
    always,
    sometimes,   ///< as their source and the configuration are, not as the document is
    other_kinds  ///< in those of tasks of another kind
};

/// One field of the output record. `nullable`: its value may be null where it is present.
struct RecordField {
    std::string name;
    FieldType type;
    std::string about;
    bool nullable = false;
    std::vector<RecordField> members = {};  ///< of an object, or of each object in a list
    std::vector<std::string> words = {};    ///< if not empty, the only values of a text
    Presence presence = Presence::always;

    /// Of its column in a data lake.
    [[nodiscard]] bool may_be_null() const { return nullable || presence != Presence::always; }
};

/// The output record, field by field in the published order.
[[nodiscard]] std::vector<RecordField> record_fields(const labeling::Task& task);

}  // namespace prelabel::record
