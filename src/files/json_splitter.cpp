#include "files/json_splitter.hpp"

namespace prelabel::files {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

JsonSplitter::Found JsonSplitter::feed(char c) {
    if (where_ == Where::nested) return inside_value(c);
    if (where_ == Where::plain) {
        if (!is_blank(c) && c != ',' && c != ']' && c != '{' && c != '[' && c != '"') return Found::nothing;
        static_cast<void>(end());
        return Found::ended;
    }
    if (is_blank(c)) return Found::nothing;
    if (where_ == Where::start && c == '[' && empty_) {
        list_ = true;
        where_ = Where::element;
        return Found::nothing;
    }
    if (list_ && c == ']' && (where_ == Where::comma || (where_ == Where::element && empty_))) {
        where_ = Where::behind;
        return Found::nothing;
    }
    if (where_ == Where::comma && c == ',') {
        where_ = Where::element;
        return Found::nothing;
    }
    if ((where_ == Where::start || where_ == Where::element) && c != ',' && c != ']' && c != '}') return begin(c);
    return Found::wrong;
}

JsonSplitter::Found JsonSplitter::begin(char c) {
    empty_ = false;
    in_string_ = c == '"';
    depth_ = c == '{' || c == '[' ? 1 : 0;
    where_ = in_string_ || depth_ > 0 ? Where::nested : Where::plain;
    return Found::begin;
}

JsonSplitter::Found JsonSplitter::end() {
    where_ = list_ ? Where::comma : Where::start;
    return Found::end;
}

JsonSplitter::Found JsonSplitter::inside_value(char c) {
    if (in_string_) {
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_string_ = false;
            if (depth_ == 0) return end();
        }
        return Found::nothing;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) return end();
    return Found::nothing;
}

std::string_view JsonSplitter::expected() const {
    if (where_ == Where::behind) return "nothing behind the list";
    return where_ == Where::comma ? "`,` or `]`" : "a document";
}

}  // namespace prelabel::files
