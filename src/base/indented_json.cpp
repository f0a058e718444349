#include <prelabel/base/indented_json.hpp>

#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>

namespace prelabel {
namespace {

/// Takes numbers as they were spelled: a double would round 0.10 and 12345678901234567890.
class Layout : public rapidjson::PrettyWriter<rapidjson::StringBuffer> {
public:
    using PrettyWriter::PrettyWriter;
    bool RawNumber(const char* digits, rapidjson::SizeType length, bool /*copy*/) {
        return RawValue(digits, length, rapidjson::kNumberType);
    }
};

}  // namespace

std::string indented_json(std::string_view json) {
    rapidjson::StringBuffer buffer;
    Layout layout(buffer);
    layout.SetIndent(' ', 2);
    rapidjson::MemoryStream stream(json.data(), json.size());
    rapidjson::Reader reader;
    constexpr unsigned flags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
    if (reader.Parse<flags>(stream, layout).IsError()) return {};
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace prelabel
