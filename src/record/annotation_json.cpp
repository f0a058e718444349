#include <prelabel/base/expects.hpp>
#include <prelabel/base/iso_time.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/record/annotation_json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace prelabel::record {
namespace {

/// Room for what is not text: keys, numbers, names of ordinary length. More only costs a second allocation.
constexpr std::size_t record_overhead = 1'024;
constexpr std::size_t entity_overhead = 256;
constexpr std::size_t discarded_overhead = 80;

void put(std::string& out, std::string_view key, std::integral auto value) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out += key;
    out.append(digits.data(), end);
}

void put_real(std::string& out, std::string_view key, double value) {
    expects(std::isfinite(value), "JSON has no infinities: whoever computed this number divided by zero");
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const std::string_view number(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out += key;
    out += number;
    if (number.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void put_string(std::string& out, std::string_view key, std::string_view value) {
    out += key;
    append_json_string(value, out);
}

/// For words of ours that need no escaping.
void put_word(std::string& out, std::string_view key, std::string_view word) {
    out += key;
    out += '"';
    out += word;
    out += '"';
}

void put_entity(std::string& out, std::size_t number, const labeling::Entity& entity) {
    put(out, R"({"id":"e)", number);
    put_string(out, R"(","label":)", entity.label);
    put_string(out, R"(,"text":)", entity.text);
    put(out, R"(,"start":)", entity.code_points.start);
    put(out, R"(,"end":)", entity.code_points.end);
    put(out, R"(,"start_utf8":)", entity.utf8.start);
    put(out, R"(,"end_utf8":)", entity.utf8.end);
    put(out, R"(,"start_utf16":)", entity.utf16.start);
    put(out, R"(,"end_utf16":)", entity.utf16.end);
    put_word(out, R"(,"match":)", to_string(entity.match));
    if (entity.confidence) {
        put_real(out, R"(,"confidence":)", *entity.confidence);
    } else {
        out += R"(,"confidence":null)";
    }
    out += '}';
}

void put_findings(std::string& out, const labeling::Findings& findings) {
    out += R"(,"entities":[)";
    std::size_t number = 0;
    for (const labeling::Entity& entity : findings.entities) {
        if (++number > 1) out += ',';
        put_entity(out, number, entity);
    }
    out += R"(],"discarded":[)";
    for (std::string_view key = R"({"label":)"; const labeling::Discarded& discarded : findings.discarded) {
        put_string(out, key, discarded.label);
        put_string(out, R"(,"text":)", discarded.text);
        put_word(out, R"(,"reason":)", to_string(discarded.reason));
        out += '}';
        key = R"(,{"label":)";
    }
    out += ']';
}

/// A text that may be unknown.
void put_string_or_null(std::string& out, std::string_view key, const std::optional<std::string>& value) {
    if (value) return put_string(out, key, *value);
    out += key;
    out += "null";
}

/// US dollars to a ten-billionth, far below the price of one token, without the noise of a sum of doubles behind it.
void put_cost(std::string& out, std::string_view key, double usd) {
    expects(std::isfinite(usd), "JSON has no infinities: whoever computed this number divided by zero");
    constexpr int decimals = 10;
    std::array<char, std::numeric_limits<double>::max_exponent10 + decimals + 8> digits;
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), usd, std::chars_format::fixed, decimals).ptr;
    std::string_view number(digits.data(), static_cast<std::size_t>(end - digits.data()));
    const auto last = number.find_last_not_of('0');
    out += key;
    out += number.substr(0, number[last] == '.' ? last + 2 : last + 1);
}

void put_source(std::string& out, const Origin& source) {
    if (source.from_file()) {
        put_string(out, R"(},"source":{"file":)", source.partition.topic);
        put(out, R"(,"line":)", source.line);
        put(out, R"(,"offset":)", source.offset);
        return;
    }
    put_string(out, R"(},"source":{"topic":)", source.partition.topic);
    put(out, R"(,"partition":)", source.partition.number);
    put(out, R"(,"offset":)", source.offset);
    if (source.timestamp_ms >= 0) {
        put(out, R"(,"timestamp_ms":)", source.timestamp_ms);
    } else {
        out += R"(,"timestamp_ms":null)";
    }
}

/// With the whole record, or without what it can do without.
void put_provenance(std::string& out, const AnnotationRecord& record, bool whole) {
    if (!record.metadata.empty()) {
        out += R"(,"metadata":)";
        out += record.metadata;
    }
    put_string(out, R"(,"model":{"provider":)", record.provider);
    put_string(out, R"(,"name":)", record.model);
    put_string_or_null(out, R"(,"answered_by":)", record.answered_by);
    put_word(out, R"(,"finish_reason":)", to_string(record.finish_reason));
    out += R"(,"response_ids":[)";
    for (std::string_view comma; const std::string& id : record.response_ids) {
        put_string(out, comma, id);
        comma = ",";
    }
    out += ']';
    if (record.raw_answer) put_string_or_null(out, R"(,"raw_answer":)", whole ? record.raw_answer : std::nullopt);
    put(out, R"(},"usage":{"requests":)", record.usage.requests);
    put(out, R"(,"input_tokens":)", record.usage.input_tokens);
    put(out, R"(,"cached_input_tokens":)", record.usage.cached_input_tokens);
    put(out, R"(,"output_tokens":)", record.usage.output_tokens);
    if (record.priced) {
        put_cost(out, R"(,"cost_usd":)", record.usage.cost_usd);
    } else {
        out += R"(,"cost_usd":null)";
    }
    put_source(out, record.source);
    put(out, R"(},"run":{"attempts":)", record.attempts);
    put_word(out, R"(,"cache":)", to_string(record.cache));
    if (record.latency_ms) {
        put(out, R"(,"latency_ms":)", *record.latency_ms);
    } else {
        out += R"(,"latency_ms":null)";
    }
    put_word(out, R"(,"labeled_at":)", iso_8601(record.labeled_at));
    put_string(out, R"(,"version":)", record.made_by);
    out += "}}";
}

std::size_t expected_bytes(const AnnotationRecord& record, std::string_view text) {
    std::size_t bytes = record_overhead + text.size() + text.size() / 16 + record.metadata.size();
    if (record.raw_answer) bytes += record.raw_answer->size();
    for (const labeling::Entity& entity : record.findings.entities) bytes += entity_overhead + entity.text.size();
    for (const labeling::Discarded& discarded : record.findings.discarded)
        bytes += discarded_overhead + discarded.text.size();
    return bytes;
}

std::string render(const AnnotationRecord& record, std::string_view text, Status status) {
    std::string out;
    out.reserve(expected_bytes(record, text));
    put_string(out, R"({"id":)", record.id);
    put_string(out, R"(,"text":)", text);
    put_string(out, R"(,"task":{"name":)", record.task_name);
    put_word(out, R"(,"kind":)", to_string(record.task_kind));
    put_string(out, R"(,"version":)", record.task_version);
    put_word(out, R"(},"status":)", to_string(status));
    put_findings(out, record.findings);
    put_provenance(out, record, status != Status::text_dropped);
    return out;
}

}  // namespace

std::string to_json(const AnnotationRecord& record) { return render(record, record.text, record.status); }

Result<FittedJson> to_json_within(const AnnotationRecord& record, std::size_t bytes_max) {
    // Escaping only adds bytes, so a text that alone is too long need not be rendered to know.
    if (record.text.size() <= bytes_max) {
        std::string whole = to_json(record);
        if (whole.size() <= bytes_max) return FittedJson{std::move(whole), false};
    }
    std::string without_text = render(record, {}, Status::text_dropped);
    if (without_text.size() <= bytes_max) return FittedJson{std::move(without_text), true};
    return Error{Fault::input,
                 "the record has " + std::to_string(without_text.size()) +
                     " bytes even without its text, more than max_record_bytes = " + std::to_string(bytes_max)};
}

}  // namespace prelabel::record
