#pragma once

#include <prelabel/pipeline/outbox.hpp>

#include <string>

namespace prelabel::files {

/// A dead letter as one line of JSON with its newline:
/// `{"error":{"class","message","attempts","cost_usd","task_version","at"},"source":{"file","line","offset"},
/// "key","value","encoding","headers":{…}}`. `value` is the input's, as a string where it is UTF-8
/// (`encoding` "utf-8"), else in base64. The error's fields are the `prelabel.error.*` headers;
/// all others are `headers`.
[[nodiscard]] std::string dead_letter_line(const pipeline::Output& output);

}  // namespace prelabel::files
