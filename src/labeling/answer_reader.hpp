#pragma once

#include <prelabel/labeling/answer_parser.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include <rapidjson/rapidjson.h>

namespace prelabel::labeling {

/// Builds an Answer from RapidJSON's events, without a document tree. Stops at the first thing that is not an answer;
/// `problem()` then says what.
///
///   depth 1  {                          top
///   depth 2    "entities": [            entities
///   depth 3      {"label", "text"}      entity; every other value is walked for its keys only
///
/// Where the list stands alone, it is at depth 1 and its entities at depth 2. A key that means what "label" or "text"
/// do is kept until its entity ends: it counts if the key itself is missing, and no second one could be meant.
///
/// Lifetime: one per attempt to parse.
class AnswerReader {
public:
    explicit AnswerReader(const AnswerLimits& limits) : limits_(limits) {}

    bool Null() { return scalar(); }
    bool Bool(bool) { return scalar(); }
    // Numbers come raw; RapidJSON names these for all handlers.
    bool Int(int) { return scalar(); }
    bool Uint(unsigned) { return scalar(); }
    bool Int64(std::int64_t) { return scalar(); }
    bool Uint64(std::uint64_t) { return scalar(); }
    bool Double(double) { return scalar(); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return scalar(); }
    bool String(const char* text, rapidjson::SizeType length, bool);
    bool Key(const char* text, rapidjson::SizeType length, bool);
    bool StartObject();
    bool EndObject(rapidjson::SizeType);
    bool StartArray();
    bool EndArray(rapidjson::SizeType);

    [[nodiscard]] const std::string& problem() const { return problem_; }
    /// Once the whole object was read.
    [[nodiscard]] Answer take() { return std::move(answer_); }

private:
    static constexpr std::size_t depth_limit = 128;
    enum class Next : std::uint8_t { top, entities, element, label, text, label_like, text_like, other };

    /// Keys of one entity that could stand for a missing one.
    struct Like {
        std::string value;
        int keys = 0;
        bool usable = true;  ///< all of them were texts
    };

    bool fail(std::string problem);
    bool scalar();
    bool open();
    /// Whether the key was not there before in its object.
    bool first_of_its_name(std::string_view key);
    void note_extra_key();
    /// What stands at a key that could stand for another one is no text.
    void other_than_text();
    /// Gives a missing member the one value that could be meant; what was not needed is an extra key.
    void settle(bool& has, std::string& value, Like& like);
    [[nodiscard]] std::string here() const;

    const AnswerLimits& limits_;
    Answer answer_;
    std::string problem_;
    Next next_ = Next::top;
    bool in_entities_ = false;
    bool has_entities_ = false;
    bool has_label_ = false;
    bool has_text_ = false;
    Like label_like_;
    Like text_like_;
    std::size_t entity_depth_ = 3;
    std::size_t depth_ = 0;
    std::uint32_t objects_ = 0;
    std::array<std::uint32_t, depth_limit + 1> object_at_;  ///< number of the object (0: array) open at each depth
    std::set<std::string> extra_keys_;                      ///< "number/key"; a tree: hashes can be made to collide
};

}  // namespace prelabel::labeling
