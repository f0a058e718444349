#include "labeling/answer_reader.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace prelabel::labeling {
namespace {

constexpr std::size_t top_depth = 1;
constexpr std::array<std::string_view, 3> like_label = {"type", "entity_group", "category"};
constexpr std::array<std::string_view, 4> like_text = {"value", "entity", "mention", "name"};
constexpr std::size_t extra_keys_max = 100'000;

/// RapidJSON lets an escaped low surrogate stand alone, which gives bytes that are not UTF-8; NUL no document can hold.
bool is_text(std::string_view text) {
    return text.find('\0') == std::string_view::npos && !utf8::first_invalid(text).has_value();
}

}  // namespace

bool AnswerReader::fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
}

std::string AnswerReader::here() const {
    if (!in_entities_) return "";
    const std::string list = entity_depth_ == 3 ? "/entities/" : "/";
    return list + std::to_string(answer_.mentions.size() - (depth_ >= entity_depth_ ? 1 : 0));
}

void AnswerReader::other_than_text() {
    if (next_ == Next::label_like) label_like_.usable = false;
    if (next_ == Next::text_like) text_like_.usable = false;
    if (next_ == Next::label_like || next_ == Next::text_like) next_ = Next::other;
}

bool AnswerReader::scalar() {
    other_than_text();
    switch (next_) {
        case Next::top:
            return fail("the answer must be a JSON object with the key \"entities\".");
        case Next::entities:
            return fail("\"entities\" must be an array.");
        case Next::element:
            return fail("at " + here() + ": an entity must be an object with \"label\" and \"text\".");
        case Next::label:
            return fail("at " + here() + ": \"label\" must be a string.");
        case Next::text:
            return fail("at " + here() + ": \"text\" must be a string.");
        case Next::label_like:
        case Next::text_like:
        case Next::other:
            return true;
    }
    return false;
}

bool AnswerReader::String(const char* text, rapidjson::SizeType length, bool) {
    if (next_ == Next::other) return true;
    if (next_ == Next::top || next_ == Next::entities || next_ == Next::element) return scalar();
    const std::string_view value(text, length);
    if (!is_text(value)) return fail("at " + here() + ": a string holds a NUL character or half a surrogate pair.");
    if (next_ == Next::label_like || next_ == Next::text_like) {
        (next_ == Next::label_like ? label_like_ : text_like_).value.assign(value);
        return true;
    }
    Mention& mention = answer_.mentions.back();
    (next_ == Next::label ? mention.label : mention.text).assign(value);
    return true;
}

bool AnswerReader::Key(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view key(text, length);
    if (depth_ == top_depth && key == "entities") {
        if (std::exchange(has_entities_, true)) return fail("the key \"entities\" stands twice.");
        next_ = Next::entities;
        return true;
    }
    if (in_entities_ && depth_ == entity_depth_ && (key == "label" || key == "text")) {
        const bool is_label = key == "label";
        if (std::exchange(is_label ? has_label_ : has_text_, true))
            return fail("at " + here() + ": a key stands twice.");
        next_ = is_label ? Next::label : Next::text;
        return true;
    }
    next_ = Next::other;
    if (in_entities_ && depth_ == entity_depth_) {
        if (std::ranges::find(like_label, key) != like_label.end()) next_ = Next::label_like;
        if (std::ranges::find(like_text, key) != like_text.end()) next_ = Next::text_like;
    }
    if (next_ == Next::label_like) ++label_like_.keys;
    if (next_ == Next::text_like) ++text_like_.keys;
    if (next_ == Next::other) note_extra_key();
    return first_of_its_name(key);
}

void AnswerReader::note_extra_key() {
    if (!answer_.extra_key_in && (depth_ == top_depth || (in_entities_ && depth_ == entity_depth_)))
        answer_.extra_key_in = here();
}

bool AnswerReader::first_of_its_name(std::string_view key) {
    if (extra_keys_.size() == extra_keys_max)
        return fail("the answer has more than " + std::to_string(extra_keys_max) + " other keys.");
    std::string numbered = std::to_string(object_at_[depth_]) + '/';
    numbered += key;
    if (!extra_keys_.insert(std::move(numbered)).second) return fail("a key stands twice in one object.");
    return true;
}

bool AnswerReader::open() {
    if (depth_ >= limits_.depth_max)
        return fail("the answer is nested more than " + std::to_string(limits_.depth_max) + " deep.");
    ++depth_;
    return true;
}

void AnswerReader::settle(bool& has, std::string& value, Like& like) {
    if (!has && like.keys == 1 && like.usable) {
        value = std::move(like.value);
        has = answer_.other_form = true;
    } else if (like.keys > 0) {
        note_extra_key();
    }
    like = {};
}

bool AnswerReader::StartObject() {
    other_than_text();
    if (next_ != Next::top && next_ != Next::element && next_ != Next::other) return scalar();
    if (!open()) return false;
    object_at_[depth_] = ++objects_;
    if (next_ == Next::element) {
        if (answer_.mentions.size() == limits_.mentions_max)
            return fail("the answer lists more than " + std::to_string(limits_.mentions_max) + " entities.");
        answer_.mentions.emplace_back();
        has_label_ = has_text_ = false;
    }
    next_ = Next::other;
    return true;
}

bool AnswerReader::EndObject(rapidjson::SizeType) {
    if (depth_ == top_depth && !has_entities_) return fail("the key \"entities\" is missing.");
    if (in_entities_ && depth_ == entity_depth_) {
        Mention& mention = answer_.mentions.back();
        settle(has_label_, mention.label, label_like_);
        settle(has_text_, mention.text, text_like_);
        if (!has_label_ || !has_text_)
            return fail("at " + here() + (has_label_ ? ": \"text\" is missing." : ": \"label\" is missing."));
        next_ = Next::element;
    }
    --depth_;
    return true;
}

bool AnswerReader::StartArray() {
    other_than_text();
    if (next_ == Next::top) {
        entity_depth_ = 2;
        has_entities_ = answer_.other_form = true;
        next_ = Next::entities;
    }
    if (next_ != Next::entities && next_ != Next::other) return scalar();
    if (!open()) return false;
    object_at_[depth_] = 0;
    if (next_ == Next::entities) {
        in_entities_ = true;
        answer_.mentions.reserve(8);
        next_ = Next::element;
    }
    return true;
}

bool AnswerReader::EndArray(rapidjson::SizeType) {
    if (in_entities_ && depth_ == entity_depth_ - 1) {
        in_entities_ = false;
        next_ = Next::other;
    }
    --depth_;
    return true;
}

}  // namespace prelabel::labeling
