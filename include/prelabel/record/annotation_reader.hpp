#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <string_view>

namespace prelabel::record {

/// The record of one line that prelabel has published. A line of `to_json` is read back completely, and writes the same
/// bytes again. Unknown members come from a newer version and are ignored.
///
/// Refused: a line that is not a JSON object of valid UTF-8; a field that is missing, is there twice or has another
/// type; an unknown word in a field; and an entity that is not in the text at each of its three pairs of offsets, since
/// a record exists for its spans.
/// Bound:   128 levels deep; memory is some ten times the line's.
/// Errors:  Fault::input with the field's JSON Pointer, never with its content:
///          `/entities/3/match is a word that this version does not know`.
[[nodiscard]] Result<AnnotationRecord> read_annotation(std::string_view json);

}  // namespace prelabel::record
