#include <prelabel/base/ascii.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/base/json_tree.hpp>
#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>

namespace prelabel {
namespace {

using rapidjson::SizeType;

const rapidjson::Value& value_at(const void* value) { return *static_cast<const rapidjson::Value*>(value); }

/// Hands RapidJSON's events on to a document, within the depth and as long as strings are text: RapidJSON takes the
/// escape of a lone low surrogate for a character.
struct Strict {
    rapidjson::Document& to;
    std::size_t depth = 0;
    std::string trouble{};

    bool Null() { return to.Null(); }
    bool Bool(bool value) { return to.Bool(value); }
    bool Int(int value) { return to.Int(value); }
    bool Uint(unsigned value) { return to.Uint(value); }
    bool Int64(std::int64_t value) { return to.Int64(value); }
    bool Uint64(std::uint64_t value) { return to.Uint64(value); }
    bool Double(double value) { return to.Double(value); }
    bool RawNumber(const char* digits, SizeType size, bool copy) { return to.RawNumber(digits, size, copy); }
    bool String(const char* text, SizeType size, bool copy) {
        return is_text(text, size) && to.String(text, size, copy);
    }
    bool Key(const char* text, SizeType size, bool copy) { return is_text(text, size) && to.Key(text, size, copy); }
    bool StartObject() { return enter() && to.StartObject(); }
    bool StartArray() { return enter() && to.StartArray(); }
    bool EndObject(SizeType size) {
        --depth;
        return to.EndObject(size);
    }
    bool EndArray(SizeType size) {
        --depth;
        return to.EndArray(size);
    }

private:
    bool is_text(const char* text, SizeType size) {
        const bool valid = !utf8::first_invalid({text, size});
        if (!valid) trouble = "holds half a surrogate pair";
        return valid;
    }
    bool enter() {
        if (++depth <= JsonTree::depth_max) return true;
        trouble = "is nested deeper than " + std::to_string(JsonTree::depth_max) + " levels";
        return false;
    }
};

/// Bytes of the number at the beginning of a text (RFC 8259, section 6); 0 when there is none.
std::size_t number_bytes(std::string_view text) {
    std::size_t at = 0;
    const auto skip = [&](std::string_view one_of) {
        const bool there = at < text.size() && one_of.find(text[at]) != std::string_view::npos;
        if (there) ++at;
        return there;
    };
    const auto digits = [&] {
        const std::size_t first = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at > first;
    };
    skip("-");
    if (!skip("0") && !digits()) return 0;
    if (skip(".") && !digits()) return 0;
    if (!skip("eE")) return at;
    skip("+-");
    return digits() ? at : 0;
}

/// The text with `false` for every number beyond a double: RapidJSON refuses the whole text for one, also where nobody
/// asks for it. The shortest has five characters, 1e309.
std::string without_numbers_too_large(std::string_view text) {
    constexpr std::string_view no_number = "false";
    std::string out(text);
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in_string && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && (text[i] == '-' || is_digit(text[i]))) {
            const std::string_view number = text.substr(i, std::max<std::size_t>(number_bytes(text.substr(i)), 1));
            double value = 0;
            const bool beyond = std::from_chars(number.data(), number.data() + number.size(), value).ec ==
                                    std::errc::result_out_of_range &&
                                number.find("e-") == std::string_view::npos &&
                                number.find("E-") == std::string_view::npos;
            if (beyond && number.size() >= no_number.size()) {
                out.replace(i, number.size(), std::string(number.size(), ' '));
                out.replace(i, no_number.size(), no_number);
            }
            i += number.size() - 1;
        }
    }
    return out;
}

/// What RapidJSON fills a document from.
struct Filling {
    rapidjson::MemoryStream stream;
    rapidjson::ParseResult result{};
    std::string trouble{};

    bool operator()(rapidjson::Document& document) {
        constexpr auto flags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
        Strict strict{document};
        result = rapidjson::Reader().Parse<flags>(stream, strict);
        trouble = std::move(strict.trouble);
        return !result.IsError();
    }
};

}  // namespace

struct JsonTree::Document {
    rapidjson::Document json;
};

bool JsonValue::is_null() const { return value_at(value_).IsNull(); }
bool JsonValue::is_object() const { return value_at(value_).IsObject(); }
bool JsonValue::is_list() const { return value_at(value_).IsArray(); }

std::optional<std::string_view> JsonValue::text() const {
    const auto& value = value_at(value_);
    if (!value.IsString()) return std::nullopt;
    return std::string_view(value.GetString(), value.GetStringLength());
}

std::optional<std::int64_t> JsonValue::integer() const {
    const auto& value = value_at(value_);
    return value.IsInt64() ? std::optional(value.GetInt64()) : std::nullopt;
}

std::optional<std::uint64_t> JsonValue::natural() const {
    const auto& value = value_at(value_);
    return value.IsUint64() ? std::optional(value.GetUint64()) : std::nullopt;
}

std::optional<double> JsonValue::number() const {
    const auto& value = value_at(value_);
    return value.IsNumber() ? std::optional(value.GetDouble()) : std::nullopt;
}

std::optional<JsonValue> JsonValue::member(std::string_view name) const {
    if (!is_object()) return std::nullopt;
    std::optional<JsonValue> found;
    for (const auto& member : value_at(value_).GetObject()) {
        if (JsonValue(&member.name).text() != name) continue;
        if (found) return std::nullopt;
        found = JsonValue(&member.value);
    }
    return found;
}

bool JsonValue::has(std::string_view name) const {
    if (!is_object()) return false;
    for (const auto& member : value_at(value_).GetObject())
        if (JsonValue(&member.name).text() == name) return true;
    return false;
}

std::size_t JsonValue::size() const { return is_list() ? value_at(value_).Size() : 0; }

JsonValue JsonValue::operator[](std::size_t index) const {
    expects(index < size(), "an element of a JSON list is asked for by an index below its size");
    return JsonValue(&value_at(value_)[static_cast<SizeType>(index)]);
}

JsonTree::JsonTree(std::unique_ptr<Document> document) : document_(std::move(document)) {}
JsonTree::JsonTree(JsonTree&&) noexcept = default;
JsonTree& JsonTree::operator=(JsonTree&&) noexcept = default;
JsonTree::~JsonTree() = default;

JsonValue JsonTree::root() const { return JsonValue(static_cast<const rapidjson::Value*>(&document_->json)); }

Result<JsonTree> JsonTree::read_object(std::string_view text) {
    const auto wrong = [](std::string what) { return Error{Fault::input, std::move(what)}; };
    if (const auto invalid = utf8::first_invalid(text))
        return wrong("is not UTF-8 at byte " + std::to_string(*invalid));
    auto document = std::make_unique<Document>();
    const auto fill = [&](std::string_view from) {
        Filling filling{rapidjson::MemoryStream(from.data(), from.size())};
        document->json.Populate(filling);
        return std::pair(filling.result, std::move(filling.trouble));
    };
    auto [result, trouble] = fill(text);
    if (result.Code() == rapidjson::kParseErrorNumberTooBig) {
        const std::string tamed = without_numbers_too_large(text);
        std::tie(result, trouble) = fill(tamed);
    }
    if (!trouble.empty()) return wrong(std::move(trouble));
    if (result.IsError())
        return wrong("is not JSON: " + std::string(rapidjson::GetParseError_En(result.Code())) + " (byte " +
                     std::to_string(result.Offset()) + ')');
    // A NUL byte ends RapidJSON's input.
    if (text.find('\0') != std::string_view::npos) return wrong("is not JSON: it holds a NUL byte");
    if (!document->json.IsObject()) return wrong("is not a JSON object");
    return JsonTree(std::move(document));
}

}  // namespace prelabel
