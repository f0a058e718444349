#pragma once

#include <prelabel/labeling/annotation.hpp>

#include <string>

namespace prelabel::labeling {

/// The record as one line of JSON, fields in the published order, no trailing newline.
/// `version` of the program is stamped in. Cost: one pass, one allocation for short records.
[[nodiscard]] std::string to_json(const AnnotationRecord& record);

}  // namespace prelabel::labeling
