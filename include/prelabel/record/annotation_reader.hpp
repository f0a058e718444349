#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <string_view>

namespace prelabel::record {

/// The record of one line that prelabel has published: what `to_json` wrote is read back whole, and writes the same
/// bytes again. Members that it does not know are a newer version's and are passed over.
///
/// Refused: what is no JSON object of valid UTF-8, a field that is missing, stands twice or is of another type, a word
/// that is none of its field's, and an entity that does not stand in the text where any of its three pairs of offsets says, since spans are what a
/// record is for.
/// Bound:   128 levels deep; memory is some ten times the line's.
/// Errors:  Fault::input with the field's JSON Pointer and never its content:
///          `/entities/3/match is a word that this version does not know`.
[[nodiscard]] Result<AnnotationRecord> read_annotation(std::string_view json);

}  // namespace prelabel::record
