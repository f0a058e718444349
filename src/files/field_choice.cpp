#include <prelabel/base/ascii.hpp>
#include <prelabel/base/json_fields.hpp>
#include <prelabel/files/field_choice.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string_view>

namespace prelabel::files {
namespace {

/// The better a name fits, the earlier it stands.
constexpr std::array<std::string_view, 14> text_names{"text",       "body",   "content",  "document",    "message",
                                                      "comment",    "review", "sentence", "description", "abstract",
                                                      "transcript", "note",   "question", "utterance"};
constexpr std::array<std::string_view, 7> id_names{"id", "_id", "uuid", "guid", "doc_id", "document_id", "key"};

/// What was seen of one field.
struct Seen {
    std::string pointer;
    std::size_t times = 0;
    std::size_t bytes = 0;
    bool is_text = true;
    std::set<std::string> values{};
};

std::string last_name(const std::string& pointer) { return lowered(pointer.substr(pointer.rfind('/') + 1)); }

/// How well a field's name fits; the number of names if not at all.
std::size_t fit(const Seen& seen, std::span<const std::string_view> names) {
    return static_cast<std::size_t>(std::ranges::find(names, last_name(seen.pointer)) - names.begin());
}

/// `ticket_id`, `ticketId`, `Ticket-Nr`, `order no`, `ticketNr`.
bool ends_like_an_id(const Seen& seen) {
    const std::string name = last_name(seen.pointer);
    if (name.size() > 2 && name.ends_with("id")) return true;
    constexpr std::array<std::string_view, 5> numbers{"nr", "no", "num", "number", "nummer"};
    return std::ranges::any_of(numbers, [&](std::string_view number) {
        if (!name.ends_with(number)) return false;
        if (name.size() == number.size()) return true;
        // Else it would be the end of another word: piano.
        const std::string_view written = seen.pointer;
        const char before = name[name.size() - number.size() - 1];
        const char first = written[written.size() - number.size()];
        return before == '_' || before == '-' || before == ' ' || before == '.' || (first >= 'A' && first <= 'Z');
    });
}

std::vector<Seen> look_at(std::span<const std::string> records) {
    std::vector<Seen> all;
    for (const auto& record : records) {
        for (const auto& field : json_fields(record)) {
            if (field.value.empty()) continue;
            auto found = std::ranges::find(all, field.pointer, &Seen::pointer);
            if (found == all.end()) found = all.insert(all.end(), Seen{field.pointer});
            ++found->times;
            found->bytes += field.value.size();
            found->is_text &= field.is_text;
            found->values.insert(field.value);
        }
    }
    return all;
}

}  // namespace

FieldChoice choose_fields(std::span<const std::string> records) {
    FieldChoice choice;
    const auto all = look_at(records);
    const Seen* text = nullptr;
    const Seen* id = nullptr;
    for (const auto& one : all) {
        choice.fields.push_back(one.pointer);
        // Documents without a text are dead letters: most records have it.
        if (one.is_text && 2 * one.times > records.size()) {
            const bool better = text == nullptr || fit(one, text_names) < fit(*text, text_names) ||
                                (fit(one, text_names) == fit(*text, text_names) && one.bytes > text->bytes);
            if (better) text = &one;
        }
    }
    for (const auto& one : all) {
        const bool tells_apart = one.times == records.size() && one.values.size() == records.size();
        const bool named = fit(one, id_names) < id_names.size() || ends_like_an_id(one);
        if (!tells_apart || !named || &one == text) continue;
        if (id == nullptr || fit(one, id_names) < fit(*id, id_names)) id = &one;
    }
    if (text != nullptr) choice.text = text->pointer;
    if (id != nullptr) choice.id = id->pointer;
    return choice;
}

}  // namespace prelabel::files
