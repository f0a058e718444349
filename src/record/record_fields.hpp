#pragma once

#include <prelabel/labeling/task.hpp>

#include <string>
#include <vector>

namespace prelabel::record {

enum class FieldType { text, int32, int64, real, instant, json, object, objects, texts };

/// One field of the output record. Every field is always there; `nullable` says whether its value may be null.
struct RecordField {
    std::string name;
    FieldType type;
    std::string about;
    bool nullable = false;
    std::vector<RecordField> members = {};  ///< of an object, or of each object in a list
    std::vector<std::string> words = {};    ///< if not empty, the only values of a text
    int at_least = 0;                       ///< of an integer
    bool always_empty = false;              ///< a list that only tasks of another kind fill
};

/// The output record, field by field in the published order.
[[nodiscard]] std::vector<RecordField> record_fields(const labeling::Task& task);

}  // namespace prelabel::record
