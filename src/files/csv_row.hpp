#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// One row of RFC 4180 CSV with any delimiter, fed line by line because a quoted field may hold line ends.
/// A quote inside an unquoted field is taken as it is; text after a closing quote makes the row malformed.
/// Bound: the content of `fields_max` fields; further ones are counted.
class CsvRow {
public:
    explicit CsvRow(char delimiter, std::size_t fields_max) : delimiter_(delimiter), fields_max_(fields_max) {}

    /// Begins a new row.
    void clear();
    /// False when the row goes on with the next line: a quoted field is still open.
    [[nodiscard]] bool feed(std::string_view line, std::string_view ending);

    [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
    /// Of all, also of those that are counted only.
    [[nodiscard]] std::size_t field_count() const { return count_; }
    [[nodiscard]] bool malformed() const { return malformed_; }
    /// A row of one empty, unquoted field.
    [[nodiscard]] bool blank() const { return count_ == 1 && fields_.front().empty() && !was_quoted_; }

private:
    enum class State : std::uint8_t { start, plain, quoted, closed };

    void take(char c);
    /// To the field that the row has come to.
    void append(char c) {
        if (count_ <= fields_max_) fields_.back() += c;
    }

    char delimiter_;
    std::size_t fields_max_;
    std::vector<std::string> fields_;
    std::size_t count_ = 1;
    State state_ = State::start;
    bool malformed_ = false;
    bool was_quoted_ = false;
};

}  // namespace prelabel::files
