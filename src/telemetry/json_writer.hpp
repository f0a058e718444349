#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace prelabel::telemetry {

/// Writes keys and values in order; the standard types that the admin port needs, nothing more.
class JsonWriter {
public:
    JsonWriter& key(std::string_view name) {
        writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        return *this;
    }
    void value(std::string_view text) { writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool truth) { writer_.Bool(truth); }
    void value(std::uint64_t number) { writer_.Uint64(number); }
    void value(std::int64_t number) { writer_.Int64(number); }
    void value(double number) { std::isfinite(number) ? writer_.Double(number) : writer_.Null(); }
    template <class T>
    void value(const std::optional<T>& maybe) {
        if (maybe) {
            value(*maybe);
        } else {
            writer_.Null();
        }
    }
    template <class T>
    JsonWriter& pair(std::string_view name, const T& what) {
        key(name).value(what);
        return *this;
    }
    JsonWriter& open(std::string_view name = {}) {
        if (!name.empty()) key(name);
        writer_.StartObject();
        return *this;
    }
    void close() { writer_.EndObject(); }
    void open_list(std::string_view name = {}) {
        if (!name.empty()) key(name);
        writer_.StartArray();
    }
    void close_list() { writer_.EndArray(); }
    void raw_object(std::string_view json) { writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType); }
    void raw_number(std::string_view json) { writer_.RawValue(json.data(), json.size(), rapidjson::kNumberType); }

    [[nodiscard]] std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace prelabel::telemetry
