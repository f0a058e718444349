#include "llm_sim/gold_book.hpp"

#include "llm_sim/json_reading.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <xxhash.h>

namespace prelabel::llm_sim {
namespace {

using rapidjson::Value;

/// Byte offset of every code point, and of the end.
std::vector<std::size_t> byte_offsets(std::string_view text) {
    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < text.size(); at += utf8::decode(text, at).bytes) offsets.push_back(at);
    offsets.push_back(text.size());
    return offsets;
}

std::optional<Sighting> read_entity(const Value& entity, const std::vector<std::size_t>& offsets) {
    const Value* label = member(entity, "label");
    const Value* start = member(entity, "start");
    const Value* end = member(entity, "end");
    if (label == nullptr || !label->IsString() || start == nullptr || !start->IsUint64() || end == nullptr ||
        !end->IsUint64())
        return std::nullopt;
    if (start->GetUint64() >= end->GetUint64() || end->GetUint64() >= offsets.size()) return std::nullopt;
    return Sighting{std::string(text_of(*label)), offsets[start->GetUint64()], offsets[end->GetUint64()]};
}

}  // namespace

std::uint64_t document_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

Result<GoldBook> GoldBook::parse(std::string_view lines, const std::string& name) {
    GoldBook book;
    for (std::size_t number = 1; !lines.empty(); ++number) {
        const std::size_t end = lines.find('\n');
        std::string line(lines.substr(0, end));
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto problem = [&](const std::string& what) {
            return Error{Fault::input, name + ":" + std::to_string(number) + ": " + what};
        };

        rapidjson::Document document;
        if (!parse_in_place(line, document)) return problem("not one JSON value");
        const Value* text = member(document, "text");
        const Value* entities = member(document, "entities");
        if (text == nullptr || !text->IsString()) return problem("no string \"text\"");
        if (entities == nullptr || !entities->IsArray()) return problem("no array \"entities\"");

        const auto offsets = byte_offsets(text_of(*text));
        auto& sightings = book.by_text_[document_hash(text_of(*text))];
        sightings.clear();
        for (const Value& entity : entities->GetArray()) {
            auto sighting = read_entity(entity, offsets);
            if (!sighting) {
                return problem("entity " + std::to_string(sightings.size() + 1) +
                               ": expected \"label\" and code point offsets \"start\" < \"end\" inside the text");
            }
            sightings.push_back(std::move(*sighting));
        }
        std::ranges::stable_sort(sightings, {}, &Sighting::start);
    }
    return book;
}

Result<GoldBook> GoldBook::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{Fault::config, path + ": cannot be read; check the path and its permissions"};
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    return parse(content, path);
}

const std::vector<Sighting>* GoldBook::find(std::string_view text) const {
    const auto found = by_text_.find(document_hash(text));
    return found == by_text_.end() ? nullptr : &found->second;
}

}  // namespace prelabel::llm_sim
