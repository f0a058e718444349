#include "config/config_table.hpp"

#include "config/endpoint_table.hpp"
#include "config/types.hpp"

#include <algorithm>
#include <charconv>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kib = 1U << 10;
constexpr std::uint64_t mib = 1U << 20;
constexpr std::uint64_t gib = 1U << 30;

template <class At>
Setting<Settings> key(Field field, At at) {
    return member<Settings>(std::move(field), at);
}

/// Like `key`, for members whose default is no plain value.
template <class At>
Setting<Settings> key_without_default(Field field, At at) {
    return member_without_default<Settings>(std::move(field), at);
}

std::optional<std::string> set_listen(Settings& settings, const Value& value) {
    const auto& text = std::get<std::string>(value);
    settings.admin.enabled = text != "off";
    if (!settings.admin.enabled) return std::nullopt;
    const auto colon = text.rfind(':');
    settings.admin.address = text.substr(0, colon);
    if (settings.admin.address.starts_with('['))
        settings.admin.address = settings.admin.address.substr(1, settings.admin.address.size() - 2);
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), settings.admin.port);
    return std::nullopt;
}

std::optional<std::string> set_pass(Settings& settings, const Value& value) {
    const auto& list = std::get<TextList>(value);
    auto& pass = settings.document.pass;
    pass.all = list.size() == 1 && list.front() == everything;
    pass.pointers = pass.all ? TextList() : list;
    for (const auto& inner : pass.pointers)
        for (const auto& outer : pass.pointers)
            if (inner.starts_with(outer + '/'))
                return "`" + inner + "` is a part of `" + outer + "`, which goes through as a whole";
    return std::nullopt;
}

void add_input(Table<Settings>& table) {
    table.push_back(key_without_default({"task", path(), "The task file: what is to be labeled and how.", Need::always},
                                        [](auto& s) -> auto& { return s.task_file; }));
    table.push_back(key_without_default(
        {"input.kafka.brokers", text(), "Kafka brokers, as `host:port`, separated by commas.", Need::input},
        [](auto& s) -> auto& { return s.input.brokers; }));
    table.push_back(key_without_default({"input.kafka.topic", text(), "Topic with the documents.", Need::input},
                                        [](auto& s) -> auto& { return s.input.topic; }));
    table.push_back(key({"input.kafka.group", text(), "Consumer group; its workers share the partitions."},
                        [](auto& s) -> auto& { return s.input.group; }));
    table.push_back(key({"input.kafka.properties", text_map(),
                         "Further librdkafka properties, for example `security.protocol`, `sasl.password` or "
                         "`group.instance.id`. Those that would break a guarantee are refused with a reason."},
                        [](auto& s) -> auto& { return s.input.properties; }));
    table.push_back(
        key({"input.format", choice<labeling::InputFormat>(),
             "What a record's value is: a JSON object, or the text itself (its id is then the record's key)."},
            [](auto& s) -> auto& { return s.document.format; }));
    table.push_back(
        key({"input.text", pointer(),
             "Where the text is: a JSON Pointer (RFC 6901) into the value, or the name of a CSV column or a "
             "top-level field (`body` is `/body`)."},
            [](auto& s) -> auto& { return s.document.text; }));
    table.push_back(key({"input.id", pointer(), "Where the document's id is, as `input.text`."},
                        [](auto& s) -> auto& { return s.document.id; }));
    table.push_back({{"input.pass", pass_through(),
                      "What goes through into the record's `metadata`: a list of JSON Pointers or names "
                      "(`[/customer/tier, lang]`), or `true` for everything but the text and the id."},
                     set_pass,
                     [](const Settings& s) {
                         const auto& pass = s.document.pass;
                         return Value(pass.all ? TextList{everything} : pass.pointers);
                     }});
    table.push_back({{"input.csv.delimiter", delimiter(),
                      "What stands between the fields of CSV files: one character, `comma`, `semicolon`, `tab` or "
                      "`pipe`; `auto` finds it in the header line."},
                     [](Settings& s, const Value& value) -> std::optional<std::string> {
                         const auto& text = std::get<std::string>(value);
                         s.csv.delimiter = text.empty() ? '\0' : text.front();
                         return std::nullopt;
                     },
                     [](const Settings& s) {
                         return Value(s.csv.delimiter == '\0' ? std::string() : std::string(1, s.csv.delimiter));
                     }});
    table.push_back({{"input.max_document_bytes", size(1, 64 * mib), "Longer texts are dead-lettered as `too_large`."},
                     [](Settings& s, const Value& value) -> std::optional<std::string> {
                         store(s.document.text_bytes_max, value);
                         store(s.pipeline.document_bytes_max, value);
                         return std::nullopt;
                     },
                     [](const Settings& s) { return load_value(s.pipeline.document_bytes_max); }});
    table.push_back(key({"input.window_per_partition", integer(1, 1'000'000),
                         "Records read beyond the oldest unfinished one of a partition."},
                        [](auto& s) -> auto& { return s.pipeline.window_per_partition; }));
    table.push_back(
        key({"input.max_documents_in_memory", integer(1, 10'000'000), "Documents held at once, over all partitions."},
            [](auto& s) -> auto& { return s.pipeline.documents_in_memory_max; }));
    table.push_back(key({"input.max_bytes_in_memory", size(mib, 1024 * gib),
                         "Bytes of input records held at once, over all partitions: values, keys and headers."},
                        [](auto& s) -> auto& { return s.pipeline.bytes_in_memory_max; }));
    table.push_back(key({"input.commit_interval", duration(10ms, 10min), "How often finished offsets are committed."},
                        [](auto& s) -> auto& { return s.pipeline.commit_interval; }));
    table.push_back(key({"input.drain_timeout", duration(0s, 1h),
                         "How long a rebalance or a shutdown waits for documents in flight; the rest is read again."},
                        [](auto& s) -> auto& { return s.pipeline.drain_timeout; }));
}

void add_retries(Table<Settings>& table) {
    table.push_back(key({"llm.retry.max_attempts", integer(1, 1'000), "Attempts at one call, the first one too."},
                        [](auto& s) -> auto& { return s.pipeline.retry.max_attempts; }));
    table.push_back(key({"llm.retry.deadline", duration(1ms, 168h), "How long one document is tried."},
                        [](auto& s) -> auto& { return s.pipeline.retry.deadline; }));
    table.push_back(
        key({"llm.retry.max_reasks", integer(0, 100), "Further calls after an answer that could not be used."},
            [](auto& s) -> auto& { return s.pipeline.retry.max_reasks; }));
}

/// How often a document is tried is no matter of one endpoint; readers find it before the price.
void add_model(Table<Settings>& table) {
    Table<Settings> rows;
    add_part(rows, endpoint_table("llm"), [](auto& s) -> auto& { return s.endpoint; });
    const auto price =
        std::ranges::find_if(rows, [](const auto& row) { return row.field.path.starts_with("llm.price."); });
    table.insert(table.end(), rows.begin(), price);
    add_retries(table);
    table.insert(table.end(), price, rows.end());
}

void add_journal(Table<Settings>& table) {
    table.push_back(key_without_default(
        {"journal.path", path(),
         "A folder for paid answers, which a restart finds there instead of paying again. It belongs to one worker. "
         "The answers quote documents.",
         Need::no, "no journal"},
        [](auto& s) -> auto& { return s.journal.path; }));
    table.push_back(key({"journal.max_bytes", size(16 * mib, 1024 * 1024 * gib),
                         "How much it takes on disk; the oldest answers are removed first."},
                        [](auto& s) -> auto& { return s.journal.bytes_max; }));
    table.push_back(key({"journal.ttl", duration(1min, 87'600h),
                         "Older answers are not given, and are removed within an eighth of this time."},
                        [](auto& s) -> auto& { return s.journal.ttl; }));
    table.push_back(
        key({"journal.sync", choice<journal::Sync>(),
             "What outlives a loss of power: `group` all answers but those of the last 0.1 s, `always` every "
             "answer, before it is used, `none` what the system has written by itself. A killed process "
             "loses nothing with any of them."},
            [](auto& s) -> auto& { return s.journal.sync; }));
}

void add_output(Table<Settings>& table) {
    table.push_back(key_without_default({"output.kafka.topic", text(), "Topic for the pre-annotations.", Need::output},
                                        [](auto& s) -> auto& { return s.output.topic; }));
    table.push_back(
        key_without_default({"output.kafka.dead_letter_topic", text(), "Topic for documents that could not be labeled.",
                             Need::no, "the output topic with `.dlq` appended"},
                            [](auto& s) -> auto& { return s.output.dead_letter_topic; }));
    table.push_back(key({"output.kafka.max_record_bytes", size(kib, gib), "Largest record that is published."},
                        [](auto& s) -> auto& { return s.output.max_record_bytes; }));
    table.push_back(key({"output.kafka.properties", text_map(),
                         "Further librdkafka properties of the producer; the input's apply too."},
                        [](auto& s) -> auto& { return s.output.properties; }));
    table.push_back(key_without_default(
        {"output.kafka.instance", text(),
         "The worker's name among those of its group, for `exactly_once`: a stable one, such as a pod's of a "
         "StatefulSet, ends the open transaction of its predecessor at once. Without one, the broker does after "
         "`transaction.timeout.ms`. Two workers with the same name shut each other out.",
         Need::no, "the host's name and something random"},
        [](auto& s) -> auto& { return s.transactions.instance; }));
    table.push_back(key({"output.kafka.transaction_outputs", integer(1, 100'000),
                         "Outputs of one transaction, at most. So many do not wait for `input.commit_interval`."},
                        [](auto& s) -> auto& { return s.transactions.outputs_max; }));
    table.push_back(key({"output.include_raw_answer", truth(),
                         "The model's own text in each record (`model.raw_answer`), and in dead letters of the class "
                         "`invalid_answer` (`prelabel.error.raw_answer`). It quotes documents."},
                        [](auto& s) -> auto& { return s.include_raw_answer; }));
    table.push_back(key(
        {"output.delivery", choice<Delivery>(),
         "What a crash, a restart or a lost partition may do: `exactly_once` publishes each document's outcome once, "
         "in transactions; `at_least_once` loses nothing and may publish a document again. It is for brokers "
         "without transactions."},
        [](auto& s) -> auto& { return s.delivery; }));
    table.push_back(
        {{"admin.listen", listen(),
          "Address of the admin port (`/metrics`, `/healthz`, `/readyz`, `/status`, `/history`, `/`), or `off`."},
         set_listen,
         [](const Settings& s) { return Value(s.admin.address + ":" + std::to_string(s.admin.port)); }});
    table.push_back(key({"admin.show_documents", truth(),
                         "Also show the latest 20 documents on the live page and at `/documents`: their text, entities "
                         "and what was set aside. Whoever reaches the admin port can read them."},
                        [](auto& s) -> auto& { return s.admin.show_documents; }));
    table.push_back(key({"log.format", choice<telemetry::LogFormat>(), "`auto`: text on a terminal, JSON elsewhere."},
                        [](auto& s) -> auto& { return s.log.format; }));
    table.push_back(key({"log.level", choice<telemetry::LogLevel>(), "The least that is logged."},
                        [](auto& s) -> auto& { return s.log.level; }));
    table.push_back(key({"log.provider_errors", truth(),
                         "Also log what the provider says itself about a failure, its first 300 bytes. Some providers "
                         "quote the document there."},
                        [](auto& s) -> auto& { return s.log.provider_errors; }));
}

}  // namespace

const Table<Settings>& config_table() {
    static const Table<Settings> table = [] {
        Table<Settings> made;
        add_input(made);
        add_model(made);
        add_journal(made);
        add_output(made);
        return made;
    }();
    return table;
}

}  // namespace prelabel::config
