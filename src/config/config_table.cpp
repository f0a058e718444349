#include "config/config_table.hpp"

#include "config/types.hpp"

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
    auto setting = key(std::move(field), at);
    setting.get = nullptr;
    return setting;
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
    table.push_back(key({"input.text", pointer(), "JSON Pointer (RFC 6901) to the text."},
                        [](auto& s) -> auto& { return s.document.text; }));
    table.push_back(key({"input.id", pointer(), "JSON Pointer to the document's id."},
                        [](auto& s) -> auto& { return s.document.id; }));
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

void add_model(Table<Settings>& table) {
    table.push_back(key({"llm.provider", choice({"openai"}, {"azure", "anthropic"}),
                         "The server's dialect. `openai` is any compatible server: OpenAI, vLLM, Ollama, LiteLLM, …"},
                        [](auto& s) -> auto& { return s.model.provider; }));
    table.push_back(key({"llm.base_url", url(), "Address of the server, up to and with `/v1`."},
                        [](auto& s) -> auto& { return s.model.base_url; }));
    table.push_back(key_without_default({"llm.model", text(), "Name of the model.", Need::model},
                                        [](auto& s) -> auto& { return s.model.model; }));
    Field api_key{"llm.api_key", group(),
                  "Where the key is, `{env: NAME}` or `{file: path}`; without it calls carry no key."};
    api_key.advice = "a key does not belong in this file: write {env: OPENAI_API_KEY} or {file: /run/secrets/key}";
    api_key.secret = true;
    table.push_back({api_key, [](Settings&, const Value&) { return std::optional<std::string>(); }});
    table.push_back(
        key_without_default({"llm.api_key.env", variable(), "Name of the environment variable that holds the key."},
                            [](auto& s) -> auto& { return s.api_key.env; }));
    table.push_back(key_without_default(
        {"llm.api_key.file", path(), "File that holds nothing but the key; read again when it changes."},
        [](auto& s) -> auto& { return s.api_key.file; }));
    table.push_back(key({"llm.response_format", choice<llm::ResponseFormat>(),
                         "How answers are asked to be JSON; servers differ in what they know."},
                        [](auto& s) -> auto& { return s.model.response_format; }));
    table.push_back(key({"llm.max_output_tokens", integer(1, 1'000'000), "Longest answer; providers count it as used."},
                        [](auto& s) -> auto& { return s.model.max_output_tokens; }));
    table.push_back(key({"llm.output_limit_field", choice<llm::OutputLimitField>(),
                         "Field that carries it. `auto`: `max_completion_tokens` at api.openai.com, `max_tokens` "
                         "elsewhere."},
                        [](auto& s) -> auto& { return s.model.output_limit_field; }));
    table.push_back(key({"llm.temperature", number_or_null(0, 2),
                         "Sent only where it is set, since some models refuse it. `0` makes answers as repeatable as "
                         "the model can; without it the provider's default holds, often 1.",
                         Need::no, "not sent"},
                        [](auto& s) -> auto& { return s.model.temperature; }));
    table.push_back(key_without_default(
        {"llm.ca_file", path(), "PEM file of the authorities that may vouch for the server.", Need::no, "the system's"},
        [](auto& s) -> auto& { return s.http.ca_file; }));
}

void add_limits(Table<Settings>& table) {
    table.push_back(
        key({"llm.limits.requests_per_minute", integer(0, 100'000'000), "What the provider allows; 0: no limit."},
            [](auto& s) -> auto& { return s.pipeline.limits.requests_per_minute; }));
    table.push_back(key({"llm.limits.tokens_per_minute", integer(0, 1'000'000'000'000),
                         "What the provider allows, input and output together; 0: no limit."},
                        [](auto& s) -> auto& { return s.pipeline.limits.tokens_per_minute; }));
    table.push_back(key({"llm.limits.max_in_flight", integer(1, 65'536), "Calls under way at once."},
                        [](auto& s) -> auto& { return s.pipeline.limits.max_in_flight; }));
    table.push_back(
        key({"llm.timeout.connect", duration(1ms, 10min), "Look-up, connection and TLS handshake together."},
            [](auto& s) -> auto& { return s.http.connect_timeout; }));
    table.push_back(key({"llm.timeout.idle", duration(1ms, 1h),
                         "Longest silence in the middle of a response. Until it begins only `total` counts."},
                        [](auto& s) -> auto& { return s.http.idle_timeout; }));
    table.push_back(key({"llm.timeout.total", duration(1ms, 24h), "A whole call."},
                        [](auto& s) -> auto& { return s.pipeline.call_timeout; }));
    table.push_back(key({"llm.timeout.keep_alive", duration(0s, 24h),
                         "Connections idle for longer are not used again; keep it below the server's own limit."},
                        [](auto& s) -> auto& { return s.http.keep_alive; }));
    table.push_back(key({"llm.retry.max_attempts", integer(1, 1'000), "Attempts at one call, the first one too."},
                        [](auto& s) -> auto& { return s.pipeline.retry.max_attempts; }));
    table.push_back(key({"llm.retry.deadline", duration(1ms, 168h), "How long one document is tried."},
                        [](auto& s) -> auto& { return s.pipeline.retry.deadline; }));
    table.push_back(
        key({"llm.retry.max_reasks", integer(0, 100), "Further calls after an answer that could not be used."},
            [](auto& s) -> auto& { return s.pipeline.retry.max_reasks; }));
    table.push_back(key({"llm.price.input_per_mtok", number(0, 1'000'000), "US dollars per million input tokens."},
                        [](auto& s) -> auto& { return s.price.input_per_mtok; }));
    table.push_back(key({"llm.price.cached_input_per_mtok", number(0, 1'000'000),
                         "US dollars per million input tokens that the provider had cached."},
                        [](auto& s) -> auto& { return s.price.cached_input_per_mtok; }));
    table.push_back(key({"llm.price.output_per_mtok", number(0, 1'000'000), "US dollars per million output tokens."},
                        [](auto& s) -> auto& { return s.price.output_per_mtok; }));
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
    table.push_back(key({"output.delivery", choice<Delivery>({"exactly_once"}),
                         "What a restart may do: `at_least_once` loses nothing and may publish a document again."},
                        [](auto& s) -> auto& { return s.delivery; }));
    table.push_back({{"admin.listen", listen(),
                      "Address of the admin port (`/metrics`, `/healthz`, `/readyz`, `/status`, `/`), or `off`."},
                     set_listen,
                     [](const Settings& s) { return Value(s.admin.address + ":" + std::to_string(s.admin.port)); }});
    table.push_back(key({"log.format", choice<telemetry::LogFormat>(), "`auto`: text on a terminal, JSON elsewhere."},
                        [](auto& s) -> auto& { return s.log.format; }));
    table.push_back(key({"log.level", choice<telemetry::LogLevel>(), "The least that is logged."},
                        [](auto& s) -> auto& { return s.log.level; }));
}

}  // namespace

const Table<Settings>& config_table() {
    static const Table<Settings> table = [] {
        Table<Settings> made;
        add_input(made);
        add_model(made);
        add_limits(made);
        add_output(made);
        return made;
    }();
    return table;
}

}  // namespace prelabel::config
