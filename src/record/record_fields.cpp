#include "record/record_fields.hpp"

#include <prelabel/record/annotation_record.hpp>

namespace prelabel::record {
namespace {

using Type = FieldType;
using Fields = std::vector<RecordField>;

RecordField word(std::string name, std::string about, std::vector<std::string> words) {
    return {std::move(name), Type::text, std::move(about), false, {}, std::move(words)};
}

RecordField confidence() {
    return {"confidence", Type::real, "how sure this is, 0 to 1; null when nothing measured it", true};
}

Fields task_fields() {
    return {{"name", Type::text, "the task's name"},
            word("kind", "what was asked for", enum_words<labeling::Kind>()),
            {"version", Type::text, "hash of all that shapes the prompt and the accepted answers"}};
}

Fields entity_fields(const labeling::Task& task) {
    std::vector<std::string> labels;
    for (const labeling::Label& label : task.labels) labels.push_back(label.name);
    return {{"id", Type::text, "e1, e2, ... in this record"},
            word("label", "one of the task's labels", std::move(labels)),
            {"text", Type::text, "the document's text from start to end, byte for byte"},
            {"start", Type::int64, "first code point"},
            {"end", Type::int64, "code point after the last"},
            {"start_utf8", Type::int64, "first byte of the UTF-8 text"},
            {"end_utf8", Type::int64, "byte after the last"},
            {"start_utf16", Type::int64, "first UTF-16 unit, as JavaScript and Java count"},
            {"end_utf16", Type::int64, "UTF-16 unit after the last"},
            word("match", "exact, or equal but for case, white space and Unicode form", enum_words<labeling::Match>()),
            confidence()};
}

Fields relation_fields() {
    return {{"label", Type::text, "what relates the two"},
            {"head", Type::text, "id of the entity it starts from"},
            {"tail", Type::text, "id of the entity it leads to"},
            confidence()};
}

Fields discarded_fields() {
    return {{"label", Type::text, "as the model gave it"},
            {"text", Type::text, "as the model gave it"},
            word("reason", "why it is no entity", enum_words<labeling::DiscardReason>())};
}

RecordField sometimes(RecordField field) {
    field.presence = Presence::sometimes;
    return field;
}

RecordField of_other_kinds(RecordField field) {
    field.presence = Presence::other_kinds;
    return field;
}

Fields model_fields() {
    return {
        {"provider", Type::text, "who ran the model"},
        {"name", Type::text, "the model that was asked"},
        {"answered_by", Type::text, "the model that answered, as the reply names it; null when it names none", true},
        word("finish_reason", "why the last answer ended", enum_words<llm::FinishReason>()),
        {"response_ids", Type::texts, "the provider's ids of the answers, for support requests and bills"},
        sometimes({"raw_answer", Type::text,
                   "what the model said, word for word; only with output.include_raw_answer; null when dropped",
                   true})};
}

Fields usage_fields() {
    return {{"requests", Type::int64, "answers used for this document, and other replies that were charged"},
            {"input_tokens", Type::int64, "all input tokens, cached ones too"},
            {"cached_input_tokens", Type::int64, "of these, read from the provider's prompt cache"},
            {"output_tokens", Type::int64, "as the provider counts them"},
            {"cost_usd", Type::real,
             "what this document cost, in US dollars; null when no price is configured or the server did not count "
             "an answer's tokens",
             true}};
}

Fields source_fields() {
    return {sometimes({"topic", Type::text, "topic of the input record"}),
            sometimes({"partition", Type::int32, "of the topic"}),
            sometimes({"file", Type::text, "path of the input file, instead of a topic"}),
            sometimes({"line", Type::int64, "where the document begins in the file, counted from 1"}),
            {"offset", Type::int64, "of the input record in its partition; of a file, which document it is, from 0"},
            sometimes({"timestamp_ms", Type::int64,
                       "of the input record, milliseconds since 1970 UTC; null where it has none", true})};
}

Fields run_fields() {
    return {{"attempts", Type::int32, "calls made for this document; 0 when its answer was there already"},
            word("cache", "where the answer came from", enum_words<CacheTier>()),
            {"latency_ms", Type::int64, "of the call that was answered last; null when no call was made", true},
            {"labeled_at", Type::instant, "when the record was made, ISO 8601 in UTC with milliseconds"},
            {"version", Type::text, "of prelabel"}};
}

}  // namespace

std::vector<RecordField> record_fields(const labeling::Task& task) {
    const Fields label_fields = {{"label", Type::text, "one of the task's labels"}, confidence()};
    return {
        {"id", Type::text, "the document's id"},
        {"text", Type::text, "the document as it was labeled; empty when status is text_dropped"},
        {"task", Type::object, "what was asked", false, task_fields()},
        word("status",
             "partial: something was discarded or salvaged; text_dropped: the record would have exceeded "
             "max_record_bytes",
             enum_words<Status>()),
        {"entities", Type::objects, "by start, then longest first", false, entity_fields(task)},
        of_other_kinds({"relations", Type::objects, "between entities; of relations", false, relation_fields()}),
        of_other_kinds({"labels", Type::objects, "of the whole document; of classification", false, label_fields}),
        of_other_kinds({"fields", Type::json, "extracted values; of extraction", true}),
        of_other_kinds({"output_text", Type::text, "a text the model wrote; of translation", true}),
        {"discarded", Type::objects, "what the model said that is no entity", false, discarded_fields()},
        sometimes({"metadata", Type::json, "what input.pass lets through from the input; a JSON object"}),
        {"model", Type::object, "who answered", false, model_fields()},
        {"usage", Type::object, "what was paid for this document", false, usage_fields()},
        {"source", Type::object, "where the document came from", false, source_fields()},
        {"run", Type::object, "how this record was made", false, run_fields()},
    };
}

}  // namespace prelabel::record
