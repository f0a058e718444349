#include "files/object_frame.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace prelabel::files {
namespace {

void append_name(std::string_view name, std::string& object) {
    if (object.back() != '{') object += ',';
    append_json_string(name, object);
    object += ':';
}

/// The steps of a path with a text at its end.
void append_below(std::span<const std::string> path, std::string_view text, std::string& out) {
    for (const auto& step : path) append_name(step, out += '{');
    append_json_string(text, out);
    out.append(path.size(), '}');
}

}  // namespace

ObjectFrame::ObjectFrame(const ReadOptions& options)
    : text_(labeling::split_pointer(options.text)), id_(labeling::split_pointer(options.id)) {
    const auto [text, id] = std::ranges::mismatch(text_, id_);
    with_id_ = text != text_.end() && id != id_.end();
}

std::string ObjectFrame::object(std::string_view id, std::string_view text, const More& more) const {
    std::string out;
    if (text_.empty()) {
        append_json_string(text, out);
        return out;
    }
    std::size_t shared = 0;  // steps
    if (with_id_)
        while (text_[shared] == id_[shared]) append_name(text_[shared++], out += '{');
    out += '{';
    if (with_id_) {
        append_name(id_[shared], out);
        append_below(std::span(id_).subspan(shared + 1), id, out);
    }
    append_name(text_[shared], out);
    append_below(std::span(text_).subspan(shared + 1), text, out);
    out.append(shared, '}');
    for (const auto& [name, value] : more) {
        if (name == text_.front() || (with_id_ && name == id_.front())) continue;
        append_name(name, out);
        append_json_string(value, out);
    }
    return out + '}';
}

}  // namespace prelabel::files
