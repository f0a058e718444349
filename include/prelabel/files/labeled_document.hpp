#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/evaluation/labeled_span.hpp>
#include <prelabel/evaluation/tags.hpp>
#include <prelabel/files/file_format.hpp>
#include <prelabel/labeling/findings.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

/// A mention that an output record does not ship, and why.
struct SetAside {
    std::string label;
    std::string text;
    std::string reason;

    friend bool operator==(const SetAside&, const SetAside&) = default;
};

/// Why a document is a dead letter.
struct Buried {
    std::string reason;  ///< its class
    std::string message;
};

/// A document with its entities, from gold or from a prediction. Unit: code points of `text`.
struct LabeledDocument {
    std::string id;
    bool has_own_id = false;          ///< otherwise the id is `file name:line`, made by RecordReader
    std::optional<std::string> text;  ///< none if an output record had to drop it
    bool has_entities = true;         ///< otherwise the line has no such list; CoNLL always has
    std::vector<evaluation::LabeledSpan> entities;
    std::vector<SetAside> set_aside;  ///< output records only, as `status`
    std::string status;
    std::optional<Buried> buried;  ///< a dead letter: its id is where it came from, its text the whole value
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

/// Gold or predictions, one document after the other: CoNLL (tags decoded by `scheme`) or JSONL with
/// `{"id","text","entities":[{"label","start","end"}]}`, the form of output records too. A file whose name says neither
/// is JSONL if it begins with `{`.
/// Bound:  one document in memory.
/// Errors: Fault::config for a file that cannot be read; Fault::input with file, line and what to do for a bad line.
class LabeledReader {
public:
    [[nodiscard]] static Result<LabeledReader> open(const std::string& path, evaluation::TagScheme scheme);
    LabeledReader(LabeledReader&&) noexcept;
    LabeledReader& operator=(LabeledReader&&) noexcept;
    ~LabeledReader();

    /// None at the end.
    [[nodiscard]] Result<std::optional<LabeledDocument>> next();
    [[nodiscard]] const std::string& path() const;
    /// CoNLL: every document has tokens and tags.
    [[nodiscard]] bool has_tags() const;

private:
    struct State;
    explicit LabeledReader(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

/// All of a file, every document with its list of entities.
/// Bound: the whole file in memory.
[[nodiscard]] Result<LabeledFile> read_labeled_file(const std::string& path, evaluation::TagScheme scheme);

}  // namespace prelabel::files
