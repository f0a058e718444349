#include "config/expand.hpp"
#include "config/schema_writer.hpp"
#include "config/types.hpp"
#include "config/yaml_tree.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace prelabel::config {
namespace {

/// Values that are texts as they were written.
class TextScalar : public Scalar {
public:
    std::string render(const Value& value) const override { return std::get<std::string>(value); }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.pair("type", "string");
        if (const auto pattern = schema_pattern(); !pattern.empty()) schema.pair("pattern", pattern);
        if (bytes_min() == 0) return;
        schema.json.Key("minLength");
        schema.json.Int(bytes_min());
    }

private:
    [[nodiscard]] virtual std::string schema_pattern() const { return {}; }
    [[nodiscard]] virtual int bytes_min() const { return 0; }
};

class Text final : public TextScalar {
public:
    explicit Text(bool may_be_empty) : may_be_empty_(may_be_empty) {}

    std::string expectation() const override { return may_be_empty_ ? "a text" : "a text, not empty"; }
    Outcome read_text(std::string_view text, const Written&) const override {
        if (text.empty() && !may_be_empty_) return Refusal{"is empty"};
        return Value(std::string(text));
    }

private:
    std::optional<Value> nothing(const Node& node) const override {
        const bool left_out = node.text.empty();  // `null` and `~` are written
        return may_be_empty_ && left_out ? std::optional<Value>(std::string()) : std::nullopt;
    }
    int bytes_min() const override { return may_be_empty_ ? 0 : 1; }

    bool may_be_empty_;
};

class Path final : public TextScalar {
public:
    std::string expectation() const override { return "the path of a file"; }
    Outcome read_text(std::string_view text, const Written& written) const override {
        if (text.empty()) return Refusal{"is empty"};
        return Value(resolved(text, written));
    }

private:
    int bytes_min() const override { return 1; }
};

class Choice final : public TextScalar {
public:
    Choice(std::vector<std::string> words, std::vector<std::string> unavailable)
        : words_(std::move(words)), unavailable_(std::move(unavailable)) {}

    std::string expectation() const override {
        std::string out = words_.size() == 1 ? "" : "one of ";
        for (std::size_t i = 0; i < words_.size(); ++i)
            out += (i == 0 ? "" : i + 1 == words_.size() ? " or " : ", ") + words_[i];
        return out;
    }
    Outcome read_text(std::string_view text, const Written&) const override {
        if (std::ranges::find(words_, text) != words_.end()) return Value(std::string(text));
        if (std::ranges::find(unavailable_, text) != unavailable_.end())
            return Refusal{"`" + std::string(text) + "` is not available in this version"};
        Refusal refusal;
        if (auto meant = nearest(text, words_)) refusal.hint = "did you mean `" + *meant + "`?";
        return refusal;
    }
    void write_schema(SchemaWriter& schema, const Branch&) const override {
        schema.array("enum", [&] {
            for (const auto& word : words_) schema.json.String(word);
        });
    }

private:
    std::vector<std::string> words_;
    std::vector<std::string> unavailable_;
};

/// RFC 6901: empty, or `/` before each step; `~` only as ~0 or ~1. What does not begin with `/` is one step, by name.
class Pointer final : public TextScalar {
public:
    std::string expectation() const override {
        return "a JSON Pointer such as /text or /body/0/text, or the name of a column or field";
    }
    Outcome read_text(std::string_view text, const Written&) const override {
        if (!text.empty() && text.front() != '/') return Value(labeling::pointer_to(text));
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
                return Refusal{{}, "write `~` as ~0"};
        }
        return Value(std::string(text));
    }

private:
    std::string schema_pattern() const override { return "^(/([^~]|~[01])*)?$|^[^/]|\\$\\{"; }
};

class Delimiter final : public TextScalar {
public:
    std::string expectation() const override {
        return "auto, one character such as `;`, or its name: comma, semicolon, tab or pipe";
    }
    Outcome read_text(std::string_view text, const Written&) const override {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{
            {{"auto", ""}, {"comma", ","}, {"semicolon", ";"}, {"tab", "\t"}, {"\\t", "\t"}, {"pipe", "|"}}};
        for (const auto& [name, character] : names)
            if (text == name) return Value(std::string(character));
        const bool one = text.size() == 1 && static_cast<unsigned char>(text.front()) < 0x80;
        if (one && std::string_view("\"\r\n").find(text.front()) == std::string_view::npos)
            return Value(std::string(text));
        return Refusal{};
    }
    std::string render(const Value& value) const override {
        const auto& character = std::get<std::string>(value);
        return character.empty() ? "auto" : character;
    }
};

class Url final : public TextScalar {
public:
    explicit Url(std::string key) : key_(std::move(key)) {}

    std::string expectation() const override { return "an address such as https://api.openai.com/v1"; }
    Outcome read_text(std::string_view text, const Written&) const override {
        for (const std::string_view scheme : {"https://", "http://"}) {
            if (!text.starts_with(scheme)) continue;
            const auto host = text.substr(scheme.size(), text.find_first_of("/?#", scheme.size()) - scheme.size());
            if (host.empty()) return Refusal{};
            if (host.find('@') != std::string_view::npos)
                return Refusal{"holds a user name or password", "give the key as " + key_};
            if (text.find_first_of("?# ") != std::string_view::npos) return Refusal{};
            if (!has_a_port_or_none(host)) return Refusal{"has a port that is not a number from 1 to 65535"};
            for (const std::string_view call : {"/chat/completions", "/completions", "/responses", "/messages"})
                if (text.substr(0, text.find_last_not_of('/') + 1).ends_with(call))
                    return Refusal{"names a call, which is appended to the address", "leave out " + std::string(call)};
            return Value(std::string(text.substr(0, text.find_last_not_of('/') + 1)));
        }
        return Refusal{};
    }

private:
    static bool has_a_port_or_none(std::string_view host) {
        const auto colon = host.rfind(':');
        if (colon == std::string_view::npos || host.ends_with(']')) return true;
        const auto port = host.substr(colon + 1);
        std::uint16_t number = 0;
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
        return error == std::errc{} && end == port.data() + port.size() && number > 0;
    }
    std::string schema_pattern() const override { return "^https?://[^@?#\\s]+$|\\$\\{"; }

    std::string key_;
};

class Listening final : public TextScalar {
public:
    std::string expectation() const override { return "host:port such as 127.0.0.1:9464 or [::1]:9464, or off"; }
    Outcome read_text(std::string_view text, const Written&) const override {
        if (text != "off" && !is_host_and_port(text)) return Refusal{};
        return Value(std::string(text));
    }

private:
    static bool is_host_and_port(std::string_view text) {
        const auto colon = text.rfind(':');
        if (colon == std::string_view::npos || colon == 0) return false;
        const auto host = text.substr(0, colon);
        const auto port = text.substr(colon + 1);
        const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
        if (!bracketed && host.find_first_of(":[]") != std::string_view::npos) return false;
        std::uint16_t number = 0;
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
        return error == std::errc{} && end == port.data() + port.size();
    }
    std::string schema_pattern() const override { return "^off$|:[0-9]+$|\\$\\{"; }
};

class Variable final : public TextScalar {
public:
    std::string expectation() const override { return "the name of an environment variable such as OPENAI_API_KEY"; }
    Outcome read_text(std::string_view text, const Written&) const override {
        if (is_variable_name(text)) return Value(std::string(text));
        return Refusal{"is not the name of an environment variable",
                       "write the name alone, without ${…}; the key itself does not belong in this file", true};
    }

private:
    bool expands() const override { return false; }
    std::string schema_pattern() const override { return "^[A-Za-z_][A-Za-z0-9_]*$"; }
};

}  // namespace

ScalarPtr text() { return std::make_shared<Text>(false); }
ScalarPtr text_or_empty() { return std::make_shared<Text>(true); }
ScalarPtr path() { return std::make_shared<Path>(); }
ScalarPtr choice(std::vector<std::string> words, std::vector<std::string> unavailable) {
    return std::make_shared<Choice>(std::move(words), std::move(unavailable));
}
ScalarPtr pointer() { return std::make_shared<Pointer>(); }
ScalarPtr delimiter() { return std::make_shared<Delimiter>(); }
ScalarPtr url(std::string key) { return std::make_shared<Url>(std::move(key)); }
ScalarPtr listen() { return std::make_shared<Listening>(); }
ScalarPtr variable() { return std::make_shared<Variable>(); }

}  // namespace prelabel::config
