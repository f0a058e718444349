#include "labeling/answer_reader.hpp"

#include <prelabel/base/utf8.hpp>

#include <utility>

namespace prelabel::labeling {
namespace {

constexpr std::size_t top_depth = 1;
constexpr std::size_t entity_depth = 3;
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
    return in_entities_ ? "/entities/" + std::to_string(answer_.mentions.size() - (depth_ >= entity_depth ? 1 : 0))
                        : "";
}

bool AnswerReader::scalar() {
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
        case Next::other:
            return true;
    }
    return false;
}

bool AnswerReader::String(const char* text, rapidjson::SizeType length, bool) {
    if (next_ == Next::other) return true;
    if (next_ != Next::label && next_ != Next::text) return scalar();
    const std::string_view value(text, length);
    if (!is_text(value)) return fail("at " + here() + ": a string holds a NUL character or half a surrogate pair.");
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
    if (in_entities_ && depth_ == entity_depth && (key == "label" || key == "text")) {
        const bool is_label = key == "label";
        if (std::exchange(is_label ? has_label_ : has_text_, true))
            return fail("at " + here() + ": a key stands twice.");
        next_ = is_label ? Next::label : Next::text;
        return true;
    }
    next_ = Next::other;
    return note_extra_key(key);
}

bool AnswerReader::note_extra_key(std::string_view key) {
    if (!answer_.extra_key_in && (depth_ == top_depth || (in_entities_ && depth_ == entity_depth)))
        answer_.extra_key_in = here();
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

bool AnswerReader::StartObject() {
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
    if (in_entities_ && depth_ == entity_depth) {
        if (!has_label_ || !has_text_)
            return fail("at " + here() + (has_label_ ? ": \"text\" is missing." : ": \"label\" is missing."));
        next_ = Next::element;
    }
    --depth_;
    return true;
}

bool AnswerReader::StartArray() {
    if (next_ != Next::entities && next_ != Next::other) return scalar();
    if (!open()) return false;
    if (next_ == Next::entities) {
        in_entities_ = true;
        answer_.mentions.reserve(8);
        next_ = Next::element;
    }
    return true;
}

bool AnswerReader::EndArray(rapidjson::SizeType) {
    if (in_entities_ && depth_ == entity_depth - 1) {
        in_entities_ = false;
        next_ = Next::other;
    }
    --depth_;
    return true;
}

}  // namespace prelabel::labeling
