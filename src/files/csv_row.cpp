#include "files/csv_row.hpp"

namespace prelabel::files {

void CsvRow::clear() {
    fields_.assign(1, {});
    count_ = 1;
    state_ = State::start;
    malformed_ = false;
    was_quoted_ = false;
}

void CsvRow::take(char c) {
    if (state_ == State::quoted) {
        if (c == '"')
            state_ = State::closed;
        else
            append(c);
        return;
    }
    if (c == delimiter_) {
        if (++count_ <= fields_max_) fields_.emplace_back();
        state_ = State::start;
    } else if (c == '"' && state_ != State::plain) {
        if (state_ == State::closed) append('"');  // a doubled quote
        state_ = State::quoted;
        was_quoted_ = true;
    } else {
        malformed_ = malformed_ || state_ == State::closed;
        append(c);
        state_ = State::plain;
    }
}

bool CsvRow::feed(std::string_view line, std::string_view ending) {
    for (const char c : line) take(c);
    if (state_ != State::quoted) return true;
    for (const char c : ending) append(c);
    return false;
}

}  // namespace prelabel::files
