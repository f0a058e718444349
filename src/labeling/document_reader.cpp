#include "labeling/json_events.hpp"
#include "labeling/path_follower.hpp"

#include <prelabel/base/encoding.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/labeling/document_reader.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <rapidjson/error/en.h>

namespace prelabel::labeling {
namespace {

constexpr std::size_t depth_max = 128;

enum class Problem { none, too_deep, text_twice, id_twice, text_type, id_type };

struct Finder : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Finder> {
    Finder(const std::vector<std::string>& text_path, const std::vector<std::string>& id_path)
        : text_at(text_path), id_at(id_path) {}

    bool StartObject() { return enter(false); }
    bool StartArray() { return enter(true); }
    bool EndObject(rapidjson::SizeType) { return exit(); }
    bool EndArray(rapidjson::SizeType) { return exit(); }
    bool Key(const char* name, rapidjson::SizeType size, bool) {
        text_at.key(depth, {name, size});
        id_at.key(depth, {name, size});
        return true;
    }
    bool String(const char* value, rapidjson::SizeType size, bool) {
        begin_value();
        if (text_at.here(depth) && !keep(text, {value, size}, Problem::text_twice)) return false;
        return !id_at.here(depth) || keep(id, {value, size}, Problem::id_twice);
    }
    bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
        const std::string_view number(digits, size);
        const bool whole = number.find_first_of(".eE") == std::string_view::npos && size < number_digits_max;
        begin_value();
        if (!whole || text_at.here(depth)) return other_value();
        return !id_at.here(depth) || keep(id, number, Problem::id_twice);
    }
    bool Default() {  // null, booleans
        begin_value();
        return other_value();
    }

    PathFollower text_at;
    PathFollower id_at;
    std::size_t depth = 0;
    std::optional<std::string> text;
    std::optional<std::string> id;
    Problem problem = Problem::none;

private:
    struct Container {
        bool array;
        std::size_t next_index;
    };

    void begin_value() {
        if (depth == 0 || !containers[depth - 1].array) return;
        const std::size_t index = containers[depth - 1].next_index++;
        text_at.element(depth, index);
        id_at.element(depth, index);
    }
    bool other_value() {
        if (text_at.here(depth)) problem = Problem::text_type;
        if (id_at.here(depth)) problem = Problem::id_type;
        return problem == Problem::none;
    }
    bool enter(bool array) {
        begin_value();
        if (!other_value()) return false;
        if (depth == depth_max) {
            problem = Problem::too_deep;
            return false;
        }
        containers[depth++] = {array, 0};
        return true;
    }
    bool exit() {
        --depth;
        text_at.leave(depth);
        id_at.leave(depth);
        return true;
    }
    bool keep(std::optional<std::string>& slot, std::string_view value, Problem twice) {
        if (slot) {
            problem = twice;
            return false;
        }
        slot.emplace(value);
        return true;
    }

    std::array<Container, depth_max> containers;
};

Unreadable malformed(std::string problem) { return {false, std::move(problem)}; }

std::string explain(const Finder& finder, const rapidjson::ParseResult& parsed, const InputSettings& settings) {
    switch (finder.problem) {
        case Problem::too_deep:
            return "the JSON nests deeper than 128";
        case Problem::text_twice:
            return settings.text + " stands twice in the record";
        case Problem::id_twice:
            return settings.id + " stands twice in the record";
        case Problem::text_type:
            return settings.text + " is not a string";
        case Problem::id_type:
            return settings.id + " is neither a string nor an integer";
        case Problem::none:
            break;
    }
    return std::string("not JSON: ") + rapidjson::GetParseError_En(parsed.Code()) + " At byte " +
           std::to_string(parsed.Offset());
}

std::string default_id(const Record& record) {
    if (record.key && !record.key->empty() && !utf8::first_invalid(*record.key)) return *record.key;
    return record.origin.name();
}

}  // namespace

DocumentReader::DocumentReader(InputSettings settings)
    : settings_(std::move(settings)),
      text_path_(split_pointer(settings_.text)),
      id_path_(split_pointer(settings_.id)),
      picker_(settings_.pass, text_path_, id_path_) {
    expects(valid_pointer(settings_.text) && valid_pointer(settings_.id) &&
                std::ranges::all_of(settings_.pass.pointers, valid_pointer),
            "the configuration checks its JSON Pointers");
}

bool DocumentReader::valid_pointer(std::string_view pointer) {
    if (!pointer.empty() && pointer.front() != '/') return false;
    for (std::size_t at = 0; (at = pointer.find('~', at)) != std::string_view::npos; ++at) {
        if (at + 1 == pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) return false;
    }
    return true;
}

std::variant<Document, Unreadable> DocumentReader::read_json_value(const std::string& value) const {
    if (const auto at = utf8::first_invalid(value)) return malformed(not_utf8(value, *at));
    const auto make = [&] { return Finder(text_path_, id_path_); };
    auto events = read_json<rapidjson::kParseNoFlags>(value, make);
    Finder& finder = events.handler;
    if (events.result.IsError()) return malformed(explain(finder, events.result, settings_));
    // RapidJSON stops at a NUL byte as if the text ended there.
    if (value.find_first_not_of(" \t\r\n", events.consumed) != std::string::npos)
        return malformed("not JSON: something follows the value at byte " + std::to_string(events.consumed));
    if (!finder.text) {
        const bool list = value[value.find_first_not_of(" \t\r\n")] == '[';
        return malformed("no text at " + settings_.text +
                         (list ? ": the record is a list; an object is expected" : "; input.text says where it is"));
    }
    // RapidJSON takes the escape of a lone low surrogate for a character.
    if (utf8::first_invalid(*finder.text)) return malformed(settings_.text + " holds an unpaired surrogate");
    if (finder.id && utf8::first_invalid(*finder.id)) return malformed(settings_.id + " holds an unpaired surrogate");
    Document document;
    document.text = std::move(*finder.text);
    if (finder.id) document.id = std::move(*finder.id);
    if (!picker_.any()) return document;
    document.metadata = picker_.pick(value);
    if (utf8::first_invalid(document.metadata)) return malformed("what passes through holds an unpaired surrogate");
    if (document.metadata.size() > settings_.metadata_bytes_max)
        return Unreadable{true, "what passes through (input.pass) has " + std::to_string(document.metadata.size()) +
                                    " bytes, more than a record may have"};
    return document;
}

std::variant<Document, Unreadable> DocumentReader::read(const Record& record) const {
    Document document;
    if (settings_.format == InputFormat::text) {
        if (const auto at = utf8::first_invalid(*record.value)) return malformed(not_utf8(*record.value, *at));
        document.text = *record.value;
        if (picker_.any()) document.metadata = "{}";
    } else {
        auto found = read_json_value(*record.value);
        if (auto* unreadable = std::get_if<Unreadable>(&found)) return std::move(*unreadable);
        document = std::move(std::get<Document>(found));
    }
    if (document.text.empty()) return malformed("the text is empty");
    if (document.text.size() > settings_.text_bytes_max)
        return Unreadable{true, "the text has " + std::to_string(document.text.size()) + " bytes, at most " +
                                    std::to_string(settings_.text_bytes_max) + " are labeled"};
    if (document.text.find('\0') != std::string::npos) return malformed("the text holds U+0000");
    if (document.id.empty()) document.id = default_id(record);
    return document;
}

}  // namespace prelabel::labeling
