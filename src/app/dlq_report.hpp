#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/pipeline/letter.hpp>

#include <array>
#include <map>
#include <string>

namespace prelabel::app {

enum class DlqFormat { table, json };
constexpr auto enum_names(DlqFormat) {
    return std::to_array<EnumName<DlqFormat>>({{DlqFormat::table, "table"}, {DlqFormat::json, "json"}});
}

/// What `prelabel dlq list` prints: a row for each kind of dead letter, with what happened to one of the newest.
/// JSON: `{"topic", "open", "kinds": [{"class", "task", "task_version", "model", "open", "sent_again", "without_value",
/// "oldest", "newest", "such_as": {"document", "message"}}]}`.
[[nodiscard]] std::string dlq_report(const std::string& topic,
                                     const std::map<pipeline::LetterKind, pipeline::LetterBook::Group>& groups,
                                     DlqFormat format);

}  // namespace prelabel::app
