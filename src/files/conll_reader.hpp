#pragma once

#include "files/line_reader.hpp"

#include <prelabel/labeling/findings.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::files {

/// One sentence of a CoNLL file.
struct Sentence {
    std::string id;  ///< from a `# id = …` line, else `file name:first line`
    bool has_own_id = false;
    std::vector<std::pair<std::string, std::string>> comments;  ///< `# key = value` before the first token, but the id
    std::string text;                                           ///< the tokens joined by single spaces
    // Where tags are wanted, of each token:
    std::vector<labeling::Span> tokens;  ///< in code points of `text`
    std::vector<std::string> tags;       ///< the last column; empty where a line has only one
    std::string problem;                 ///< why it is no document: too long, not UTF-8; then `text` is what was read
    std::uint64_t problem_line = 0;      ///< where that is; 0: all of it
    bool too_long = false;
    std::uint64_t first_line = 0;  ///< the others follow, a line for each token
};

/// Sentences of a CoNLL file: columns between tabs (or, where a line has none, blanks), the token first and the tag
/// last; a line without anything ends a sentence. `-DOCSTART-` lines are skipped, and so are comments (`# key = value`)
/// before a sentence's first token. A `#` with a tag behind it is a token.
/// Fed line by line, so that nobody waits inside for a line that is not there yet.
/// Bound: `sentence_bytes_max` of lines. Of them the tokens are kept, and with tags some 50 bytes beside each.
class ConllReader {
public:
    enum class Keep : std::uint8_t { text, tags };

    ConllReader(const std::string& path, std::size_t sentence_bytes_max, Keep keep);

    /// The sentence that this line ends.
    [[nodiscard]] std::optional<Sentence> feed(const Line& line);
    /// The sentence that the end of the file ends.
    [[nodiscard]] std::optional<Sentence> finish();

private:
    void take(const Line& line);
    void take_comment(const Line& line);

    std::size_t sentence_bytes_max_;
    Keep keep_;
    std::string path_;
    std::string file_name_;
    std::size_t comment_bytes_ = 0;
    std::size_t line_bytes_ = 0;  ///< of the sentence's lines
    Sentence sentence_;
};

}  // namespace prelabel::files
