#include "config/reader.hpp"

#include <prelabel/base/redaction.hpp>

#include <utility>

namespace prelabel::config {

std::string resolved(std::string_view path, const Written& written) {
    if (!written.directory) return std::string(path);
    return (*written.directory / path).lexically_normal().string();
}

void Scalar::read(const Node& node, const At& at, const Field& field, Reader& reader) const {
    if (node.kind == Node::Kind::null) {
        if (auto value = nothing(node)) return reader.accept(at, node.place, std::move(*value));
    }
    if (node.kind != Node::Kind::scalar) return reader.report_wrong(node, at, *this, &field);
    const auto text = expands() ? reader.expanded(node, at) : std::optional(node.text);
    if (!text) return;
    Written written = reader.written(node);
    // What comes from the environment has no quotes to tell a text from a number.
    written.typed |= *text != node.text;
    auto outcome = read_text(*text, written);
    if (auto* value = std::get_if<Value>(&outcome)) return reader.accept(at, node.place, std::move(*value));
    auto& refusal = std::get<Refusal>(outcome);
    if (refusal.secret) keep_secret(*text);
    const bool shown = !field.secret && node.text.find('@') == std::string::npos;
    std::string what = !refusal.what.empty() ? refusal.what : shown ? found(node) : "found something else";
    if (*text != node.text && refusal.what.empty()) what += " and, expanded, something else";
    reader.report(at, node.place, std::move(what), expectation(), !field.advice.empty() ? field.advice : refusal.hint);
}

std::optional<Value> Scalar::nothing(const Node&) const { return std::nullopt; }

}  // namespace prelabel::config
