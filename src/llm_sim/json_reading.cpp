#include "llm_sim/json_reading.hpp"

#include <prelabel/base/utf8.hpp>

#include <cstddef>
#include <cstring>

#include <rapidjson/reader.h>

namespace prelabel::llm_sim {
namespace {

using rapidjson::SizeType;

constexpr std::size_t depth_max = 128;

/// Hands SAX events on to a document and stops at depth_max and at a string that is not UTF-8.
/// RapidJSON's own validation takes longer than the rest of the parse and lets the escape of a lone low surrogate pass.
struct Checked {
    rapidjson::Document& to;
    std::size_t depth = 0;

    static bool valid(const char* s, SizeType n) { return !utf8::first_invalid({s, n}); }
    bool Null() { return to.Null(); }
    bool Bool(bool b) { return to.Bool(b); }
    bool Int(int i) { return to.Int(i); }
    bool Uint(unsigned i) { return to.Uint(i); }
    bool Int64(int64_t i) { return to.Int64(i); }
    bool Uint64(uint64_t i) { return to.Uint64(i); }
    bool Double(double d) { return to.Double(d); }
    bool RawNumber(const char* s, SizeType n, bool copy) { return to.RawNumber(s, n, copy); }
    bool String(const char* s, SizeType n, bool copy) { return valid(s, n) && to.String(s, n, copy); }
    bool Key(const char* s, SizeType n, bool copy) { return valid(s, n) && to.Key(s, n, copy); }
    bool StartObject() { return ++depth <= depth_max && to.StartObject(); }
    bool StartArray() { return ++depth <= depth_max && to.StartArray(); }
    bool EndObject(SizeType n) {
        --depth;
        return to.EndObject(n);
    }
    bool EndArray(SizeType n) {
        --depth;
        return to.EndArray(n);
    }
};

}  // namespace

bool parse_in_place(std::string& text, rapidjson::Document& document) {
    constexpr unsigned flags =
        rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
    if (std::memchr(text.data(), '\0', text.size()) != nullptr) return false;  // RapidJSON takes it for the end
    bool good = false;
    const auto generate = [&](rapidjson::Document& to) {
        rapidjson::InsituStringStream stream(text.data());
        rapidjson::Reader reader;
        Checked handler{to};
        good = !reader.Parse<flags>(stream, handler).IsError();
        return good;
    };
    document.Populate(generate);
    return good;
}

const rapidjson::Value* member(const rapidjson::Value& object, std::string_view name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(rapidjson::Value(name.data(), static_cast<SizeType>(name.size())));
    return found == object.MemberEnd() ? nullptr : &found->value;
}

}  // namespace prelabel::llm_sim
