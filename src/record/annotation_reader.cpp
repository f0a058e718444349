#include <prelabel/base/iso_time.hpp>
#include <prelabel/base/json_tree.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/labeling/metadata_picker.hpp>
#include <prelabel/record/annotation_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace prelabel::record {
namespace {

/// Why a line is refused; caught where the reading began.
struct Refused {
    std::string why;
};

/// A value of the line and where it stands.
class Field {
public:
    Field(JsonValue json, std::string pointer) : json_(json), pointer_(std::move(pointer)) {}

    /// The member of an object.
    Field operator[](std::string_view name) const {
        if (!json_.is_object()) refuse("is no object");
        std::string pointer = pointer_ + '/' + std::string(name);
        const auto found = json_.member(name);
        if (!found) throw Refused{pointer + (json_.has(name) ? " stands twice" : " is missing")};
        return {*found, std::move(pointer)};
    }

    [[nodiscard]] bool has(std::string_view name) const { return json_.has(name); }
    [[nodiscard]] bool is_object() const { return json_.is_object(); }

    void operator()(std::string& into) const {
        const auto text = json_.text();
        if (!text) refuse("is no text");
        into = *text;
    }
    template <class Number>
        requires std::is_integral_v<Number>
    void operator()(Number& into) const {
        constexpr bool is_signed = std::is_signed_v<Number>;
        const auto whole = [this] {
            if constexpr (is_signed)
                return json_.integer();
            else
                return json_.natural();
        }();
        if (!whole || !std::in_range<Number>(*whole))
            refuse((is_signed ? "is no whole number up to " : "is no whole number from 0 to ") +
                   std::to_string(std::numeric_limits<Number>::max()));
        into = static_cast<Number>(*whole);
    }
    void operator()(double& into) const {
        const auto number = json_.number();
        if (!number) refuse("is no number");
        into = *number;
    }
    template <class T>
    void operator()(std::optional<T>& into) const {
        into.reset();
        if (!json_.is_null()) (*this)(into.emplace());
    }
    void operator()(WallTime& into) const {
        std::string text;
        (*this)(text);
        const auto time = from_iso_8601(text);
        if (!time) refuse("is no time like 2026-11-23T19:00:00.000Z");
        into = *time;
    }
    template <NamedEnum E>
    void operator()(E& into) const {
        std::string word;
        (*this)(word);
        const auto known = from_string<E>(word);
        if (!known) refuse("is a word that this version does not know");
        into = *known;
    }
    template <class T, class Read>
    void list(std::vector<T>& into, const Read& read) const {
        if (!json_.is_list()) refuse("is no list");
        into.clear();
        into.reserve(json_.size());
        for (std::size_t i = 0; i < json_.size(); ++i)
            read(Field(json_[i], pointer_ + '/' + std::to_string(i)), into.emplace_back());
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw Refused{(pointer_.empty() ? "the record" : pointer_) + ' ' + why};
    }

private:
    JsonValue json_;
    std::string pointer_;
};

void read_entity(const Field& field, labeling::Entity& entity) {
    field["label"](entity.label);
    field["text"](entity.text);
    field["start"](entity.code_points.start);
    field["end"](entity.code_points.end);
    field["start_utf8"](entity.utf8.start);
    field["end_utf8"](entity.utf8.end);
    field["start_utf16"](entity.utf16.start);
    field["end_utf16"](entity.utf16.end);
    field["match"](entity.match);
    field["confidence"](entity.confidence);
}

void read_discarded(const Field& field, labeling::Discarded& discarded) {
    field["label"](discarded.label);
    field["text"](discarded.text);
    field["reason"](discarded.reason);
}

void read_usage(const Field& field, llm::Usage& usage) {
    field["requests"](usage.requests);
    field["input_tokens"](usage.input_tokens);
    field["cached_input_tokens"](usage.cached_input_tokens);
    field["output_tokens"](usage.output_tokens);
}

void read_source(const Field& field, Origin& source) {
    field["offset"](source.offset);
    if (field.has("file")) {
        field["file"](source.partition.topic);
        field["line"](source.line);
        if (source.line == 0) field["line"].refuse("is 0; lines are counted from 1");
        return;
    }
    field["topic"](source.partition.topic);
    field["partition"](source.partition.number);
    std::optional<std::int64_t> time;
    field["timestamp_ms"](time);
    source.timestamp_ms = time.value_or(-1);
}

void read_model(const Field& field, AnnotationRecord& record) {
    field["provider"](record.provider);
    field["name"](record.model);
    field["answered_by"](record.answered_by);
    field["finish_reason"](record.finish_reason);
    field["response_ids"].list(record.response_ids, [](const Field& id, std::string& into) { id(into); });
    if (!field.has("raw_answer")) return;
    field["raw_answer"](record.raw_answer);
    if (!record.raw_answer) record.raw_answer = "";  // dropped with the text
}

/// The member's JSON as it stands there: what wrote the record is what picks it out again.
std::string metadata_of(const Field& field, std::string_view json) {
    if (!field.has("metadata")) return {};
    if (!field["metadata"].is_object()) field["metadata"].refuse("is no object");
    const labeling::MetadataPicker picker({false, {"/metadata"}}, {"text"}, {"id"});
    const std::string picked = picker.pick(json);
    constexpr std::string_view before = R"({"metadata":)";
    return picked.substr(before.size(), picked.size() - before.size() - 1);
}

/// A place in the text in all three systems.
struct Place {
    std::size_t utf8 = 0;
    std::size_t code_points = 0;
    std::size_t utf16 = 0;
};

/// Where the entities begin and end, which is between code points, in one pass over the text.
std::vector<Place> places_of(const AnnotationRecord& record) {
    std::vector<Place> places;
    for (const auto& entity : record.findings.entities)
        for (const auto at : {entity.utf8.start, entity.utf8.end}) places.push_back({at, 0, 0});
    std::ranges::sort(places, {}, &Place::utf8);
    Place here;
    for (auto& place : places) {
        while (here.utf8 < place.utf8) {
            const auto [code_point, bytes] = utf8::decode(record.text, here.utf8);
            here = {here.utf8 + bytes, here.code_points + 1, here.utf16 + (code_point > 0xFFFF ? 2U : 1U)};
        }
        place = here;
    }
    return places;
}

void expect_true_spans(const AnnotationRecord& record) {
    const auto& entities = record.findings.entities;
    const auto refuse = [](std::size_t number, const std::string& why) {
        throw Refused{"/entities/" + std::to_string(number) + " is not what stands in the text from " + why};
    };
    for (std::size_t i = 0; i < entities.size(); ++i) {
        const auto [start, end] = entities[i].utf8;
        const bool inside = start < end && end <= record.text.size();
        if (!inside || std::string_view(record.text).substr(start, end - start) != entities[i].text)
            refuse(i, "start_utf8 to end_utf8");
    }
    const auto places = places_of(record);
    const auto at = [&](std::size_t utf8) { return *std::ranges::lower_bound(places, utf8, {}, &Place::utf8); };
    for (std::size_t i = 0; i < entities.size(); ++i) {
        const Place start = at(entities[i].utf8.start);
        const Place end = at(entities[i].utf8.end);
        if (entities[i].code_points != labeling::Span{start.code_points, end.code_points}) refuse(i, "start to end");
        if (entities[i].utf16 != labeling::Span{start.utf16, end.utf16}) refuse(i, "start_utf16 to end_utf16");
    }
}

AnnotationRecord read_record(const Field& field, std::string_view json) {
    AnnotationRecord record;
    field["id"](record.id);
    field["text"](record.text);
    const Field task = field["task"];
    task["name"](record.task_name);
    task["kind"](record.task_kind);
    task["version"](record.task_version);
    field["status"](record.status);
    field["entities"].list(record.findings.entities, read_entity);
    field["discarded"].list(record.findings.discarded, read_discarded);
    record.metadata = metadata_of(field, json);
    read_model(field["model"], record);
    read_usage(field["usage"], record.usage);
    std::optional<double> cost;
    field["usage"]["cost_usd"](cost);
    record.priced = cost.has_value();
    record.usage.cost_usd = cost.value_or(0);
    read_source(field["source"], record.source);
    const Field run = field["run"];
    run["attempts"](record.attempts);
    run["cache"](record.cache);
    run["latency_ms"](record.latency_ms);
    run["labeled_at"](record.labeled_at);
    run["version"](record.made_by);
    if (record.status != Status::text_dropped) expect_true_spans(record);
    return record;
}

}  // namespace

Result<AnnotationRecord> read_annotation(std::string_view json) {
    const auto tree = JsonTree::read_object(json);
    if (!tree) return Error{Fault::input, "the record " + tree.error().message};
    try {
        return read_record({tree->root(), {}}, json);
    } catch (const Refused& refused) {
        return Error{Fault::input, refused.why};
    }
}

}  // namespace prelabel::record
