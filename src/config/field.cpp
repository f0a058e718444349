#include "config/field.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace prelabel::config {
namespace {

struct Unit {
    const char* name;
    std::int64_t factor;
};

constexpr std::array<Unit, 4> duration_units{
    {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}}};
constexpr std::array<Unit, 3> size_units{{{"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1LL << 10}}};

std::string between(const std::string& min, const std::string& max) { return "from " + min + " to " + max; }

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

}  // namespace

Shape of(Type type) {
    Shape shape;
    shape.type = type;
    return shape;
}

Shape integer(std::int64_t min, std::int64_t max) {
    Shape shape = of(Type::integer);
    shape.min = static_cast<double>(min);
    shape.max = static_cast<double>(max);
    return shape;
}

Shape number(double min, double max) {
    Shape shape = of(Type::number);
    shape.min = min;
    shape.max = max;
    return shape;
}

Shape number_or_null(double min, double max) {
    Shape shape = number(min, max);
    shape.may_be_null = true;
    return shape;
}

Shape choice(std::vector<std::string> words, std::vector<std::string> unavailable) {
    Shape shape = of(Type::choice);
    shape.choices = std::move(words);
    shape.unavailable = std::move(unavailable);
    return shape;
}

Shape duration(Duration min, Duration max) {
    Shape shape = of(Type::duration);
    shape.min = static_cast<double>(min.count());
    shape.max = static_cast<double>(max.count());
    return shape;
}

Shape size(std::uint64_t min, std::uint64_t max) {
    Shape shape = of(Type::size);
    shape.min = static_cast<double>(min);
    shape.max = static_cast<double>(max);
    return shape;
}

Shape list(std::size_t min, std::size_t max) {
    Shape shape = of(Type::list);
    shape.min = static_cast<double>(min);
    shape.max = static_cast<double>(max);
    return shape;
}

std::string render_number(double value) {
    if (value == std::floor(value) && std::fabs(value) < 1e15) return std::to_string(static_cast<std::int64_t>(value));
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::string render_duration(Duration value) {
    for (const auto& unit : duration_units) {
        if (value.count() != 0 && value.count() % unit.factor == 0)
            return std::to_string(value.count() / unit.factor) + unit.name;
    }
    return render_number(static_cast<double>(value.count()) / 1e9) + "s";
}

std::string render_size(std::int64_t bytes) {
    for (const auto& unit : size_units) {
        if (bytes != 0 && bytes % unit.factor == 0) return std::to_string(bytes / unit.factor) + unit.name;
    }
    return std::to_string(bytes);
}

std::string expectation(const Shape& shape) {
    const auto whole = [](double value) { return std::to_string(static_cast<std::int64_t>(value)); };
    switch (shape.type) {
        case Type::integer:
            return "an integer " + between(whole(shape.min), whole(shape.max));
        case Type::number:
            return "a number " + between(render_number(shape.min), render_number(shape.max)) +
                   (shape.may_be_null ? ", or null" : "");
        case Type::text:
            return shape.may_be_empty ? "a text" : "a text, not empty";
        case Type::path:
            return "the path of a file";
        case Type::variable:
            return "the name of an environment variable such as OPENAI_API_KEY";
        case Type::pointer:
            return "a JSON Pointer such as /text or /body/0/text";
        case Type::url:
            return "an address such as https://api.openai.com/v1";
        case Type::listen:
            return "host:port such as 127.0.0.1:9464 or [::1]:9464, or off";
        case Type::choice:
            return (shape.choices.size() == 1 ? "" : "one of ") + join(shape.choices);
        case Type::duration:
            return "a duration such as 250ms, 5s, 10m, 1h or 30d, " +
                   between(render_duration(Duration(static_cast<std::int64_t>(shape.min))),
                           render_duration(Duration(static_cast<std::int64_t>(shape.max))));
        case Type::size:
            return "a size such as 1000000, 64KiB, 256MiB or 10GiB, " +
                   between(render_size(static_cast<std::int64_t>(shape.min)),
                           render_size(static_cast<std::int64_t>(shape.max)));
        case Type::text_map:
            return "a mapping of names to texts";
        case Type::schema:
            return "a JSON Schema as a mapping, or {file: path}";
        case Type::group:
            return shape.may_be_text ? "a mapping or a text" : "a mapping";
        case Type::list:
            return "a list";
    }
    return {};
}

std::string render(const Value& value, const Shape& shape) {
    if (std::holds_alternative<std::monostate>(value)) return "null";
    if (const auto* integer_value = std::get_if<std::int64_t>(&value)) {
        return shape.type == Type::size ? render_size(*integer_value) : std::to_string(*integer_value);
    }
    if (const auto* number_value = std::get_if<double>(&value)) return render_number(*number_value);
    if (const auto* duration_value = std::get_if<Duration>(&value)) return render_duration(*duration_value);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return "{}";  // no table gives a mapping a default other than the empty one
}

}  // namespace prelabel::config
