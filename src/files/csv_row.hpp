#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// One row of RFC 4180 CSV with any delimiter, fed line by line because a quoted field may hold line ends.
/// A quote inside an unquoted field is taken as it is; text after a closing quote makes the row malformed.
class CsvRow {
public:
    explicit CsvRow(char delimiter = ',') : delimiter_(delimiter) {}

    /// Begins a new row.
    void clear();
    /// False when the row goes on with the next line: a quoted field is still open.
    [[nodiscard]] bool feed(std::string_view line, std::string_view ending);

    [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
    [[nodiscard]] bool malformed() const { return malformed_; }
    /// A row of one empty, unquoted field.
    [[nodiscard]] bool blank() const { return fields_.size() == 1 && fields_.front().empty() && !was_quoted_; }

private:
    enum class State : std::uint8_t { start, plain, quoted, closed };

    void take(char c);

    char delimiter_;
    std::vector<std::string> fields_;
    State state_ = State::start;
    bool malformed_ = false;
    bool was_quoted_ = false;
};

}  // namespace prelabel::files
