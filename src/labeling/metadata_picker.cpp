#include "labeling/json_events.hpp"
#include "labeling/path_follower.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/base/tamed_numbers.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace prelabel::labeling {
namespace {

/// Writes the values that a pointer leads to, or all but those, as they come in the events of a SAX parse.
struct Writer : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Writer> {
    /// A place in the input: a value that is left out, or a member of the output.
    struct Place {
        PathFollower follower;
        std::string value{};  ///< what stands there, once it was found
    };

    Writer(std::vector<Place> of_places, bool leaves_out, bool are_tamed)
        : places(std::move(of_places)), all(leaves_out), tamed(are_tamed) {}

    bool StartObject() { return open('{'); }
    bool StartArray() { return open('['); }
    bool EndObject(rapidjson::SizeType) { return close('}'); }
    bool EndArray(rapidjson::SizeType) { return close(']'); }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        const std::string_view name(text, size);
        for (auto& place : places) place.follower.key(depth(), name);
        key.assign(name);
        return true;
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        if (std::string* out = begin()) append_json_string({text, size}, *out);
        return true;
    }
    bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
        const std::string_view number(digits, size);
        const bool changed =
            tamed && (size >= number_digits_max || number.find_first_of("eE") != std::string_view::npos);
        return word(changed ? "null" : number);
    }
    bool Bool(bool truth) { return word(truth ? "true" : "false"); }
    bool Null() { return word("null"); }

    std::vector<Place> places;
    bool all;
    bool tamed;  ///< a number of the text is beyond a double: exponents and long runs of digits are not as they stood
    std::string whole{};  ///< where all is written

private:
    struct Container {
        bool list;
        std::size_t next = 0;
        std::string* out = nullptr;  ///< where its members are written; null: nowhere
        bool empty = true;
        std::set<std::string, std::less<>> names{};  ///< members so far: of two the first one counts
    };

    [[nodiscard]] std::size_t depth() const { return containers.size(); }

    /// Where the value that begins now is written, with what stands before it; null if it is not.
    std::string* begin() {
        if (!containers.empty() && containers.back().list) {
            const auto index = containers.back().next++;
            for (auto& place : places) place.follower.element(depth(), index);
        }
        const auto here = std::ranges::find_if(places, [&](const auto& place) { return place.follower.here(depth()); });
        if (all && here != places.end()) return nullptr;
        if (containers.empty()) return all ? &whole : picked(here);
        auto& inside = containers.back();
        if (inside.out == nullptr) return picked(here);
        if (!inside.list && !inside.names.insert(key).second) return nullptr;
        if (!std::exchange(inside.empty, false)) *inside.out += ',';
        if (!inside.list) {
            append_json_string(key, *inside.out);
            *inside.out += ':';
        }
        return inside.out;
    }
    std::string* picked(std::vector<Place>::iterator here) {
        return all || here == places.end() || !here->value.empty() ? nullptr : &here->value;
    }
    bool word(std::string_view text) {
        if (std::string* out = begin()) *out += text;
        return true;
    }
    bool open(char bracket) {
        std::string* out = begin();
        if (out != nullptr) *out += bracket;
        containers.push_back({bracket == '[', 0, out});
        return true;
    }
    bool close(char bracket) {
        if (containers.back().out != nullptr) *containers.back().out += bracket;
        containers.pop_back();
        for (auto& place : places) place.follower.leave(depth());
        return true;
    }

    std::vector<Container> containers{};
    std::string key{};
};

}  // namespace

std::vector<std::string> split_pointer(std::string_view pointer) {
    std::vector<std::string> path;
    for (const char c : pointer) {
        if (c == '/') {
            path.emplace_back();
        } else {
            path.back().push_back(c);
        }
    }
    for (auto& token : path) {  // RFC 6901 section 4: first ~1, then ~0
        for (std::size_t at = 0; (at = token.find("~1", at)) != std::string::npos; ++at) token.replace(at, 2, "/");
        for (std::size_t at = 0; (at = token.find("~0", at)) != std::string::npos; ++at) token.replace(at, 2, "~");
    }
    return path;
}

std::string pointer_to(std::string_view name) {
    std::string pointer = "/";
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    return pointer;
}

MetadataPicker::MetadataPicker(const PassThrough& pass, const Path& text, const Path& id) : all_(pass.all) {
    if (all_) {
        left_out_ = {text, id};
        return;
    }
    for (const auto& pointer : pass.pointers) {
        Path path = split_pointer(pointer);
        const bool known = std::ranges::any_of(picked_, [&](const Picked& one) { return one.path == path; });
        if (!path.empty() && !known) picked_.push_back({std::move(path), {}});
    }
    for (auto& one : picked_) {
        const bool alone = std::ranges::count_if(
                               picked_, [&](const Picked& other) { return other.path.back() == one.path.back(); }) == 1;
        one.name = one.path.back();
        if (alone) continue;
        one.name = one.path.front();
        for (std::size_t i = 1; i < one.path.size(); ++i) one.name += '/' + one.path[i];
    }
}

std::vector<std::string> MetadataPicker::names() const {
    std::vector<std::string> names;
    for (const auto& one : picked_) names.push_back(one.name);
    return names;
}

std::string MetadataPicker::pick(std::string_view json) const {
    bool tamed = false;
    const auto make = [&] {
        std::vector<Writer::Place> places;
        if (all_)
            for (const auto& path : left_out_) places.push_back({PathFollower(path)});
        else
            for (const auto& one : picked_) places.push_back({PathFollower(one.path)});
        return Writer(std::move(places), all_, std::exchange(tamed, true));
    };
    auto written = read_json<rapidjson::kParseNoFlags>(json, make).handler;
    if (all_) return written.whole.starts_with('{') ? std::move(written.whole) : "{}";
    std::string object;
    for (std::size_t i = 0; i < picked_.size(); ++i) {
        object += object.empty() ? '{' : ',';
        append_json_string(picked_[i].name, object);
        object += ':';
        object += written.places[i].value.empty() ? "null" : written.places[i].value;
    }
    return object + '}';
}

}  // namespace prelabel::labeling
