#include <prelabel/base/ascii.hpp>
#include <prelabel/llm/request_shape.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

namespace prelabel::llm {
namespace {

constexpr std::size_t sentence_bytes_max = 2'000;

bool has(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

bool says(std::string_view sentence, std::span<const std::string_view> phrases) {
    return std::ranges::any_of(phrases, [&](std::string_view phrase) { return has(sentence, phrase); });
}

/// An echo of the request in some other error holds none of these.
constexpr std::array<std::string_view, 20> refusals = {
    "support",    "unknown", "unrecognized", "unexpected", "not permitted", "not allowed", "extra",
    "deprecated", "invalid", "must",         "should",     "cannot",        "only",        "unavailable",
    "compatible", "instead", "removed",      "forbid",     "implemented",   "failed to"};
/// Of a field, not of its value.
constexpr std::array<std::string_view, 6> of_the_field = {"unknown",       "unrecognized", "unexpected",
                                                          "not permitted", "extra",        "no such"};
/// Of a number that is too high or too low; other values of it are taken.
constexpr std::array<std::string_view, 10> of_the_number = {
    "too large", "too high", "at most", "less than", "maximum", "exceed", "must be", "greater", "range", "at least"};

bool is_of_a_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Where a sentence names it: `temperature` only in quotes or behind a colon, since it is also a word;
/// `reasoning_effort` anywhere.
std::size_t position(std::string_view sentence, std::string_view name) {
    const bool unmistakable = has(name, "_");
    for (std::size_t at = sentence.find(name); at != std::string_view::npos; at = sentence.find(name, at + 1)) {
        const char before = at == 0 ? ' ' : sentence[at - 1];
        const std::size_t end = at + name.size();
        const char after = end == sentence.size() ? ' ' : sentence[end];
        if (is_of_a_name(before) || is_of_a_name(after)) continue;
        const bool quoted = std::string_view("'\"`").find(before) != std::string_view::npos &&
                            std::string_view("'\"`\\").find(after) != std::string_view::npos;
        const bool listed = at >= 2 && sentence.substr(at - 2, 2) == ": ";
        if (unmistakable || quoted || listed) return at;
    }
    return std::string_view::npos;
}

/// "response_format.type" and "body.response_format" are about response_format, "messages[0].seed" is not about seed.
bool is_about(std::string_view parameter, std::string_view name) {
    if (parameter.starts_with("body.")) parameter.remove_prefix(5);
    if (!parameter.starts_with(name)) return false;
    parameter.remove_prefix(name.size());
    return parameter.empty() || parameter.front() == '.' || parameter.front() == '[';
}

std::string_view key_of(OptionalPart part) {
    return part == OptionalPart::strict ? std::string_view("response_format") : prelabel::to_string(part);
}

}  // namespace

std::string sentence_of(const ShapeChange& change) {
    const std::string key = "llm." + std::string(key_of(change.part));
    std::string text = "the model refuses " + change.refused + ": ";
    if (change.now.empty()) {
        text += "requests go without it from now on";
        return change.part == OptionalPart::strict ? text : text + ", as without " + key;
    }
    return text + change.now + " is sent instead from now on; " + key + " can say so";
}

OutputLimitField output_limit_field(const ModelSettings& settings) {
    if (settings.output_limit_field != OutputLimitField::automatic) return settings.output_limit_field;
    const bool openai = has(settings.base_url, "//api.openai.com");
    return openai ? OutputLimitField::max_completion_tokens : OutputLimitField::max_tokens;
}

/// A name in the request and what it stands for; no part: only a person can change it, at `key`.
struct RequestShape::Named {
    std::string name;
    std::optional<OptionalPart> part;
    std::string key = {};
};

std::vector<RequestShape::Named> RequestShape::sent() const {
    std::vector<Named> names;
    const auto add = [&](bool is_sent, std::string_view name, OptionalPart part) {
        if (is_sent) names.push_back({std::string(name), part});
    };
    add(settings_.temperature.has_value(), "temperature", OptionalPart::temperature);
    add(settings_.top_p.has_value(), "top_p", OptionalPart::top_p);
    add(settings_.seed.has_value(), "seed", OptionalPart::seed);
    add(!settings_.reasoning_effort.empty(), "reasoning_effort", OptionalPart::reasoning_effort);
    add(!settings_.service_tier.empty(), "service_tier", OptionalPart::service_tier);
    const bool with_schema = settings_.response_format == ResponseFormat::json_schema;
    add(with_schema && settings_.strict, "response_format.json_schema.strict", OptionalPart::strict);
    add(with_schema && settings_.strict, "strict", OptionalPart::strict);
    add(settings_.response_format != ResponseFormat::none, "response_format", OptionalPart::response_format);
    add(with_schema, "json_schema", OptionalPart::response_format);
    add(settings_.response_format == ResponseFormat::json_object, "json_object", OptionalPart::response_format);
    add(true, name_of(output_limit_field(settings_)), OptionalPart::output_limit);
    for (const auto& [name, json] : settings_.extra) names.push_back({name, std::nullopt, "llm.extra." + name});
    return names;
}

RequestShape::Finding RequestShape::refused(const CallFailure& failure, std::size_t version) {
    const bool refusal = failure.reply == ReplyClass::rejected ||
                         (failure.reply == ReplyClass::overloaded && failure.http_status == 500);
    if (!refusal) return {};
    const std::string_view said = std::string_view(failure.said).substr(0, sentence_bytes_max);
    const bool by_sentence = failure.parameter.empty();
    if (by_sentence && !says(lowered(said), refusals)) return {};
    const auto place = [&](std::string_view name) {
        if (by_sentence) return position(said, name);
        return is_about(failure.parameter, name) ? std::size_t{0} : std::string_view::npos;
    };
    const bool made_before =
        std::any_of(changes_.begin() + static_cast<std::ptrdiff_t>(std::min(version, changes_.size())), changes_.end(),
                    [&](const ShapeChange& change) {
                        return place(change.refused) != std::string_view::npos ||
                               place(prelabel::to_string(change.part)) != std::string_view::npos;
                    });
    if (made_before) return {Verdict::stale};
    const std::vector<Named> names = sent();
    const Named* first = nullptr;
    std::size_t first_at = std::string_view::npos;
    for (const Named& named : names) {
        const std::size_t at = place(named.name);
        if (at < first_at) std::tie(first, first_at) = std::pair(&named, at);
    }
    if (first == nullptr) {
        if (!by_sentence && is_about(failure.parameter, "model")) return {Verdict::a_person, "llm.model"};
        return {};
    }
    if (!first->part) return {Verdict::a_person, first->key};
    return change(*first->part, failure);
}

RequestShape::Finding RequestShape::change(OptionalPart part, const CallFailure& failure) {
    const std::string sentence = lowered(std::string_view(failure.said).substr(0, sentence_bytes_max));
    switch (part) {
        case OptionalPart::temperature:
            settings_.temperature.reset();
            break;
        case OptionalPart::top_p:
            settings_.top_p.reset();
            break;
        case OptionalPart::seed:
            settings_.seed.reset();
            break;
        case OptionalPart::reasoning_effort:
            settings_.reasoning_effort.clear();
            break;
        case OptionalPart::service_tier:
            settings_.service_tier.clear();
            break;
        case OptionalPart::strict:
            settings_.strict = false;
            break;
        case OptionalPart::response_format: {
            const bool with_schema = settings_.response_format == ResponseFormat::json_schema;
            if (with_schema && settings_.strict && position(sentence, "strict") != std::string_view::npos)
                return change(OptionalPart::strict, failure);
            const std::string refused(prelabel::to_string(settings_.response_format));
            const bool unknown = says(sentence, of_the_field) && !has(sentence, "json_") && !has(sentence, "type") &&
                                 !has(failure.parameter, ".");
            const bool to_object = with_schema && !unknown;
            settings_.response_format = to_object ? ResponseFormat::json_object : ResponseFormat::none;
            return now(part, refused, to_object ? "json_object" : "no response_format");
        }
        case OptionalPart::output_limit: {
            const OutputLimitField field = output_limit_field(settings_);
            if (says(sentence, of_the_number)) return {Verdict::a_person, "llm.max_output_tokens"};
            const bool swapped = std::ranges::any_of(
                changes_, [](const ShapeChange& made) { return made.part == OptionalPart::output_limit; });
            if (swapped) return {Verdict::a_person, "llm.output_limit_field"};
            settings_.output_limit_field = field == OutputLimitField::max_tokens
                                               ? OutputLimitField::max_completion_tokens
                                               : OutputLimitField::max_tokens;
            return now(part, std::string(name_of(field)), std::string(name_of(settings_.output_limit_field)));
        }
    }
    return now(part, std::string(prelabel::to_string(part)), {});
}

RequestShape::Finding RequestShape::now(OptionalPart part, std::string refused, std::string instead) {
    changes_.push_back({part, std::move(refused), std::move(instead)});
    return {Verdict::changed};
}

}  // namespace prelabel::llm
