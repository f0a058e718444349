#include "config/quantity.hpp"
#include "config/schema_writer.hpp"
#include "config/types.hpp"

#include <charconv>
#include <cmath>

namespace prelabel::config {
namespace {

/// All of the text as a number between the bounds. In quotes it is a text.
template <class Number>
Outcome read_plain(std::string_view text, const Written& written, Number min, Number max) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return Refusal{};
    if (!(value >= min && value <= max)) return Refusal{};  // nor is a NaN
    if (!written.typed) return Refusal{{}, "remove the quotes"};
    return Value(value);
}

void write_integer_schema(SchemaWriter& schema, std::int64_t min, std::int64_t max) {
    schema.object([&] {
        schema.pair("type", "integer");
        schema.json.Key("minimum");
        schema.json.Int64(min);
        schema.json.Key("maximum");
        schema.json.Int64(max);
    });
}

class Integer final : public Scalar {
public:
    Integer(std::int64_t min, std::int64_t max, bool may_be_null) : min_(min), max_(max), may_be_null_(may_be_null) {}

    std::string expectation() const override {
        return "an integer from " + std::to_string(min_) + " to " + std::to_string(max_) +
               (may_be_null_ ? ", or null" : "");
    }
    Outcome read_text(std::string_view text, const Written& written) const override {
        return read_plain(text, written, min_, max_);
    }
    std::string render(const Value& value) const override {
        return std::holds_alternative<std::monostate>(value) ? "null" : std::to_string(std::get<std::int64_t>(value));
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.array("anyOf", [&] {
            write_integer_schema(schema, min_, max_);
            if (may_be_null_) schema.simple("null");
            schema.variable();
        });
    }

private:
    std::optional<Value> nothing(const Node&) const override {
        return may_be_null_ ? std::optional<Value>(std::monostate{}) : std::nullopt;
    }

    std::int64_t min_;
    std::int64_t max_;
    bool may_be_null_;
};

class Number final : public Scalar {
public:
    Number(double min, double max, bool may_be_null) : min_(min), max_(max), may_be_null_(may_be_null) {}

    std::string expectation() const override {
        return "a number from " + render_number(min_) + " to " + render_number(max_) +
               (may_be_null_ ? ", or null" : "");
    }
    Outcome read_text(std::string_view text, const Written& written) const override {
        return read_plain(text, written, min_, max_);
    }
    std::string render(const Value& value) const override {
        return std::holds_alternative<std::monostate>(value) ? "null" : render_number(std::get<double>(value));
    }
    bool renders_json() const override { return true; }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.array("anyOf", [&] {
            schema.object([&] {
                schema.pair("type", "number");
                schema.json.Key("minimum");
                schema.json.Double(min_);
                schema.json.Key("maximum");
                schema.json.Double(max_);
            });
            if (may_be_null_) schema.simple("null");
            schema.variable();
        });
    }

private:
    std::optional<Value> nothing(const Node&) const override {
        return may_be_null_ ? std::optional<Value>(std::monostate{}) : std::nullopt;
    }

    double min_;
    double max_;
    bool may_be_null_;
};

class DurationType final : public Scalar {
public:
    DurationType(Duration min, Duration max) : min_(min), max_(max) {}

    std::string expectation() const override {
        return "a duration such as 250ms, 5s, 10m, 1h or 30d, from " + render_duration(min_) + " to " +
               render_duration(max_);
    }
    Outcome read_text(std::string_view text, const Written&) const override {
        const auto value = read_quantity(text, duration_units);
        if (!value || *value < static_cast<double>(min_.count()) || *value > static_cast<double>(max_.count()))
            return Refusal{};
        return Value(Duration(static_cast<std::int64_t>(*value)));
    }
    std::string render(const Value& value) const override { return render_duration(std::get<Duration>(value)); }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.pair("type", "string");
        schema.pair("pattern", quantity_pattern(duration_units) + "|\\$\\{");
    }

private:
    Duration min_;
    Duration max_;
};

class Size final : public Scalar {
public:
    Size(std::int64_t min, std::int64_t max) : min_(min), max_(max) {}

    std::string expectation() const override {
        return "a size such as 1000000, 64KiB, 256MiB or 10GiB, from " + render_size(min_) + " to " + render_size(max_);
    }
    Outcome read_text(std::string_view text, const Written&) const override {
        const auto value = read_quantity(text, size_units);
        if (!value || *value < static_cast<double>(min_) || *value > static_cast<double>(max_)) return Refusal{};
        return Value(static_cast<std::int64_t>(*value));
    }
    std::string render(const Value& value) const override { return render_size(std::get<std::int64_t>(value)); }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.array("anyOf", [&] {
            write_integer_schema(schema, min_, max_);
            schema.simple("string", quantity_pattern(size_units));
            schema.variable();
        });
    }

private:
    std::int64_t min_;
    std::int64_t max_;
};

}  // namespace

ScalarPtr integer(std::int64_t min, std::int64_t max) { return std::make_shared<Integer>(min, max, false); }
ScalarPtr integer_or_null(std::int64_t min, std::int64_t max) { return std::make_shared<Integer>(min, max, true); }
ScalarPtr number(double min, double max) { return std::make_shared<Number>(min, max, false); }
ScalarPtr number_or_null(double min, double max) { return std::make_shared<Number>(min, max, true); }
ScalarPtr duration(Duration min, Duration max) { return std::make_shared<DurationType>(min, max); }
ScalarPtr size(std::uint64_t min, std::uint64_t max) {
    return std::make_shared<Size>(static_cast<std::int64_t>(min), static_cast<std::int64_t>(max));
}

}  // namespace prelabel::config
