#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace prelabel::files {

/// A dead letter as one line of JSON with its newline:
/// `{"error":{"class","message","attempts","cost_usd","task_version","at"},"source":{"file","line","offset"},
/// "key","value","encoding","headers":{…}}`. `value` is the input's, as a string where it is UTF-8
/// (`encoding` "utf-8"), else in base64. The error's fields are the `prelabel.error.*` headers;
/// all others are `headers`.
[[nodiscard]] std::string dead_letter_line(const pipeline::Output& output);

/// The record that such a line is about, as it was; none for any other line. Without a key it gets the place where it
/// came from as its key, so that a document without an id keeps the id that it had. Headers stay behind: what is read
/// from files has none.
[[nodiscard]] std::optional<Record> record_of_dead_letter(std::string_view line);

}  // namespace prelabel::files
