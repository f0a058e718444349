#include <prelabel/base/expects.hpp>
#include <prelabel/base/iso_time.hpp>
#include <prelabel/pipeline/letter.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace prelabel::pipeline {
namespace {

constexpr std::string_view error_prefix = "prelabel.error.";
constexpr std::string_view redriven_prefix = "prelabel.redriven.";
constexpr std::string_view redriven_from = "prelabel.redriven.from";
constexpr std::string_view redriven_partition = "prelabel.redriven.partition";
constexpr std::string_view redriven_offset = "prelabel.redriven.offset";
constexpr std::string_view redriven_at = "prelabel.redriven.at";

std::string_view value_of(const Record& record, std::string_view name) {
    const auto found = std::ranges::find(record.headers, name, &Header::name);
    return found == record.headers.end() || !found->value ? std::string_view() : std::string_view(*found->value);
}

std::string error_of(const Record& record, std::string_view name) {
    return std::string(value_of(record, std::string(error_prefix).append(name)));
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Which letter a mark is about.
std::optional<std::pair<std::int32_t, Offset>> place_in_mark(const Record& record) {
    const auto partition = number_in<std::int32_t>(value_of(record, redriven_partition));
    const auto offset = number_in<Offset>(value_of(record, redriven_offset));
    if (!partition || !offset) return std::nullopt;
    return std::pair(*partition, *offset);
}

}  // namespace

std::optional<Letter> read_letter(const Record& record) {
    Letter letter;
    letter.kind = {error_of(record, "class"), error_of(record, "task"), error_of(record, "task_version"),
                   error_of(record, "model")};
    if (letter.kind.reason.empty()) return std::nullopt;
    letter.message = error_of(record, "message");
    letter.at = from_iso_8601(error_of(record, "at"));
    letter.document =
        error_of(record, "topic") + "/" + error_of(record, "partition") + "/" + error_of(record, "offset");
    letter.whole = record.value && !record.value->empty();
    return letter;
}

Output document_of_letter(Record letter) {
    expects(letter.value.has_value(), "a letter without a value is not sent again");
    Output output;
    output.origin = letter.origin;
    output.key = std::move(letter.key);
    output.value = std::move(*letter.value);
    output.headers = std::move(letter.headers);
    std::erase_if(output.headers, [](const Header& header) {
        return header.name.starts_with(error_prefix) || header.name.starts_with(redriven_prefix);
    });
    output.headers.push_back({std::string(redriven_from), output.origin.name()});
    return output;
}

Output mark_of_letter(const Record& letter, WallTime at) {
    Output output;
    output.kind = OutputKind::dead_letter;
    output.origin = letter.origin;
    output.key = letter.key;
    output.headers = {{std::string(redriven_partition), std::to_string(letter.origin.partition.number)},
                      {std::string(redriven_offset), std::to_string(letter.origin.offset)},
                      {std::string(redriven_at), iso_8601(at)}};
    return output;
}

void LetterBook::add(const Record& record) {
    auto letter = read_letter(record);
    if (!letter) {
        if (const auto place = place_in_mark(record))
            marks_.insert(*place);
        else
            ++others_;
        return;
    }
    auto& [kind, group] = *seen_.try_emplace(std::move(letter->kind)).first;
    letters_.push_back({{record.origin.partition.number, record.origin.offset}, &kind, letter->whole});
    if (group.message.empty() || letter->at >= group.newest) {
        group.message = std::move(letter->message);
        group.document = std::move(letter->document);
    }
    if (!letter->at) return;
    group.oldest = group.oldest ? std::min(group.oldest, letter->at) : letter->at;
    group.newest = std::max(group.newest, letter->at);
}

bool LetterBook::is_redriven(const Origin& letter) const {
    return marks_.contains({letter.partition.number, letter.offset});
}

std::map<LetterKind, LetterBook::Group> LetterBook::groups() const {
    auto groups = seen_;
    for (const auto& [place, kind, whole] : letters_) {
        auto& group = groups.at(*kind);
        if (marks_.contains(place)) {
            ++group.redriven;
        } else {
            ++group.open;
            if (!whole) ++group.incomplete;
        }
    }
    return groups;
}

}  // namespace prelabel::pipeline
