#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/evaluation/labeled_span.hpp>
#include <prelabel/evaluation/tags.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/labeling/findings.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// A document with its entities, from gold or from a prediction. Unit: code points of `text`.
struct LabeledDocument {
    std::string id;
    bool has_own_id = false;          ///< otherwise the id is `file name:line`, made by RecordReader
    std::optional<std::string> text;  ///< none if an output record had to drop it
    std::vector<evaluation::LabeledSpan> entities;
    std::uint64_t line = 0;
    // CoNLL only:
    std::vector<std::string> tags;
    std::vector<labeling::Span> tokens;
};

struct LabeledFile {
    std::string path;
    bool has_tags = false;  ///< CoNLL: every document has tokens and tags
    std::vector<LabeledDocument> documents;
};

/// Reads gold or predictions: CoNLL (tags decoded by `scheme`) or JSONL with
/// `{"id","text","entities":[{"label","start","end"}]}`, the form of output records too. A file whose name says neither
/// is JSONL if it begins with `{`.
/// Bound: the whole file in memory.
/// Errors: Fault::config for a file that cannot be read; Fault::input with file, line and what to do for a bad line.
[[nodiscard]] Result<LabeledFile> read_labeled_file(const std::string& path, evaluation::TagScheme scheme);

}  // namespace prelabel::files
