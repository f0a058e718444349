#include "kafka/conf.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

namespace prelabel::kafka {
namespace {

struct Setting {
    std::string_view name;
    std::string_view text;  ///< the value of a default; the reason of a refusal
};

// A worker that is gone holds back who reads the output, and the next owner of its partitions, for so long.
constexpr const char* transaction_timeout_default_ms = "15000";

constexpr std::string_view statistics = "statistics.interval.ms";  // in ms; an outage is seen in them: BrokerWatch

constexpr Setting connection_refusals[] = {
    {"bootstrap.servers", "set `brokers` instead"},
    {"metadata.broker.list", "set `brokers` instead"},
    {"log.queue", "the client's log is read through it"},
    {"log_cb", "it is not a value"},
    {"plugin.library.paths", "code is not loaded from configuration"},
};

constexpr Setting consumer_refusals[] = {
    {"group.id", "set `group` instead"},
    {"enable.auto.commit", "positions are committed only when their outputs are durable"},
    {"auto.commit.enable", "positions are committed only when their outputs are durable"},
    {"auto.commit.interval.ms", "positions are committed only when their outputs are durable"},
    {"enable.auto.offset.store", "positions are committed only when their outputs are durable"},
    {"enable.partition.eof", "it is used to know the lag of a quiet partition"},
    {"message.max.bytes", "it is for writing; `fetch.max.bytes` says how much one fetch brings"},
};

constexpr Setting producer_refusals[] = {
    {"enable.idempotence", "without it a retry inside the client could write a record twice"},
    {"acks", "a record counts as written only when all in-sync replicas have it"},
    {"request.required.acks", "a record counts as written only when all in-sync replicas have it"},
    {"delivery.report.only.error", "every record's acknowledgement is waited for"},
    {"transactional.id", "set `output.delivery` and `output.kafka.instance` instead"},
    {"message.max.bytes", "set `max_record_bytes` instead"},
};

// A fetch unpacks every batch it brings, whatever they grow to, and the client's limits on its queues are looked at
// only before. So one fetch brings one batch: the broker gives the first one whole, however little is asked for, and
// this is the least (the client wants no less than `message.max.bytes`). Queues are per partition, and only values
// count into their bytes: their keys and headers are bounded by the number of records. With limits this low the client
// must look again soon after one went below: its own pause of a second would starve the pipeline.
constexpr Setting consumer_defaults[] = {
    {"auto.offset.reset", "earliest"},      {"message.max.bytes", "1000"},  {"fetch.max.bytes", "1000"},
    {"queued.max.messages.kbytes", "1024"}, {"queued.min.messages", "250"}, {"fetch.queue.backoff.ms", "10"},
    {"allow.auto.create.topics", "false"},  {statistics, "3000"},
};

constexpr Setting producer_defaults[] = {
    {"linger.ms", "5"},
    {"compression.codec", "lz4"},
    {"partitioner", "murmur2_random"},
    {"queue.buffering.max.messages", "100000"},
    {statistics, "3000"},
};

std::string key_of(std::string_view section, std::string_view name) {
    return std::string(section) + ".properties." + std::string(name);
}

/// Every name that can be set, other names included: the first column of the client's own table.
std::vector<std::string> known_properties() {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* const memory = ::open_memstream(&text, &size);
    expects(memory != nullptr, "a stream in memory can be opened");
    rd_kafka_conf_properties_show(memory);
    std::fclose(memory);
    std::vector<std::string> names;
    std::istringstream lines(std::string(text, size));
    std::free(text);  // NOLINT: open_memstream allocates with malloc
    for (std::string line; std::getline(lines, line);)
        if (const auto end = line.find(' '); end != std::string::npos && end > 1 && line.find('|') != std::string::npos)
            names.push_back(line.substr(0, end));
    return names;
}

Error unknown_property(std::string_view section, std::string_view name) {
    auto message = key_of(section, name) + ": librdkafka " + rd_kafka_version_str() + " has no such property";
    if (const auto meant = nearest(name, known_properties())) message += "; did you mean `" + *meant + "`?";
    return {Fault::config, std::move(message)};
}

Result<> set_property(rd_kafka_conf_t* conf, std::string_view section, const std::string& name,
                      const std::string& value) {
    std::array<char, 512> reason{};
    switch (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size())) {
        case RD_KAFKA_CONF_OK:
            return {};
        case RD_KAFKA_CONF_UNKNOWN:
            return unknown_property(section, name);
        default:
            break;
    }
    const auto said = names_a_secret(name) ? std::string("the value was refused") : redacted(reason.data());
    return Error{Fault::config, key_of(section, name) + ": " + said};
}

void set_own(rd_kafka_conf_t* conf, std::string_view name, std::string_view value) {
    std::array<char, 512> reason{};
    const auto outcome =
        rd_kafka_conf_set(conf, std::string(name).c_str(), std::string(value).c_str(), reason.data(), reason.size());
    expects(outcome == RD_KAFKA_CONF_OK, reason.data());
}

Result<> set_users(rd_kafka_conf_t* conf, std::string_view section, const Properties& properties,
                   std::initializer_list<std::span<const Setting>> refusals) {
    for (const auto& [name, value] : properties) {
        if (names_a_secret(name) && !name.ends_with(".location")) keep_secret(value);
        for (const auto& refused : refusals)
            for (const auto& [refused_name, reason] : refused)
                if (name == refused_name)
                    return Error{Fault::config, key_of(section, name) + " cannot be set: " + std::string(reason)};
        if (auto set = set_property(conf, section, name, value); !set) return set.error();
    }
    return {};
}

std::string value_of(const Properties& properties, const std::string& name) {
    const auto found = properties.find(name);
    return found == properties.end() ? std::string() : found->second;
}

/// Where a partition is read from when the group has no place in it, or a place that is gone.
Result<> check_reset(const Properties& properties) {
    for (const auto* const name : {"auto.offset.reset", "topic.auto.offset.reset"}) {
        const auto value = value_of(properties, name);
        if (value == "latest" || value == "largest" || value == "end")
            return Error{Fault::config,
                         key_of(input_section, name) + " cannot be `" + value +
                             "`: records written while nobody reads would be skipped; use `earliest`, or "
                             "`error` to stop there"};
    }
    return {};
}

Result<> require(std::string_view section, std::string_view name, const std::string& value) {
    if (!value.empty()) return {};
    return Error{Fault::config, std::string(section) + "." + std::string(name) + " is empty"};
}

ConfPtr base_conf(const std::string& brokers) {
    ConfPtr conf(rd_kafka_conf_new());
    set_own(conf.get(), "bootstrap.servers", brokers);
    set_own(conf.get(), "client.id", "prelabel");
    set_own(conf.get(), "log.queue", "true");
    set_own(conf.get(), "socket.keepalive.enable", "true");
    set_own(conf.get(), "enable.metrics.push", "false");  // nobody asked; and every client would take a second to end
    return conf;
}

/// Sets the default way of sharing partitions, or refuses one that loses assignments.
Result<> choose_assignment(rd_kafka_conf_t* conf, const Properties& properties) {
    const bool broker_assigns = value_of(properties, "group.protocol") == "consumer";
    const auto strategy = value_of(properties, "partition.assignment.strategy");
    const bool incremental = broker_assigns || strategy.find("cooperative") != std::string::npos;
    if (incremental && !can_rebalance_incrementally()) {
        const auto* const name = broker_assigns ? "group.protocol" : "partition.assignment.strategy";
        return Error{Fault::config,
                     key_of(input_section, name) + ": incremental rebalancing can lose partitions with librdkafka " +
                         rd_kafka_version_str() +
                         "; use `range` with a `group.instance.id` for each worker, or librdkafka 2.10 or newer"};
    }
    if (!broker_assigns && strategy.empty()) set_own(conf, "partition.assignment.strategy", "range");
    return {};
}

}  // namespace

std::chrono::milliseconds transaction_timeout(const Properties& properties) {
    auto text = value_of(properties, "transaction.timeout.ms");
    if (text.empty()) text = transaction_timeout_default_ms;
    std::chrono::milliseconds::rep value = 0;  // what is no number was refused when the client was made
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::chrono::milliseconds(value);
}

bool can_rebalance_incrementally() { return rd_kafka_version() >= 0x020a0000; }

Result<ConfPtr> consumer_conf(const InputSettings& input) {
    for (const auto& [name, value] :
         {std::pair("brokers", input.brokers), std::pair("topic", input.topic), std::pair("group", input.group)})
        if (auto given = require(input_section, name, value); !given) return given.error();
    auto conf = base_conf(input.brokers);
    for (const auto& [name, value] : consumer_defaults) set_own(conf.get(), name, value);
    if (auto chosen = choose_assignment(conf.get(), input.properties); !chosen) return chosen.error();
    if (auto kept = check_reset(input.properties); !kept) return kept.error();
    auto set = set_users(conf.get(), input_section, input.properties, {connection_refusals, consumer_refusals});
    if (!set) return set.error();
    if (input.await_transactions && value_of(input.properties, "isolation.level") == "read_uncommitted")
        return Error{Fault::config, key_of(input_section, "isolation.level") +
                                        " cannot be `read_uncommitted`: a partition would be read before the last "
                                        "transaction of its former owner has ended; or set `output.delivery: "
                                        "at_least_once`"};
    set_own(conf.get(), "group.id", input.group);
    set_own(conf.get(), "enable.auto.commit", "false");
    set_own(conf.get(), "enable.auto.offset.store", "false");
    set_own(conf.get(), "enable.partition.eof", "true");
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG |
                                             RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_FETCH |
                                             RD_KAFKA_EVENT_STATS);
    return conf;
}

Result<ConfPtr> producer_conf(const OutputSettings& output, Batching batching) {
    for (const auto& [name, value] : {std::pair("brokers", output.brokers), std::pair("topic", output.topic)})
        if (auto given = require(output_section, name, value); !given) return given.error();
    if (output.max_record_bytes < 1'000 || output.max_record_bytes > 1'000'000'000 - 4'096)
        return Error{Fault::config, "output.kafka.max_record_bytes: expected 1000 to 999995904, found " +
                                        std::to_string(output.max_record_bytes)};
    auto conf = base_conf(output.brokers);
    for (const auto& [name, value] : producer_defaults) set_own(conf.get(), name, value);
    const auto queue_kib = std::max<std::size_t>(64 * 1024, output.max_record_bytes / 1024 * 2);
    set_own(conf.get(), "queue.buffering.max.kbytes", std::to_string(queue_kib));
    // Where the limit is the topic's own, no batch of many records is over it.
    set_own(conf.get(), "batch.size", std::to_string(std::min<std::size_t>(1'000'000, output.max_record_bytes)));
    if (!output.transactional_id.empty()) {
        set_own(conf.get(), "transaction.timeout.ms", transaction_timeout_default_ms);
        for (const auto* const name : {"retry.backoff.ms", "retry.backoff.max.ms"})
            if (output.properties.contains(name))
                return Error{Fault::config,
                             key_of(output_section, name) +
                                 " cannot be set: by the time that a commit takes, prelabel sees whether it "
                                 "may have been sent twice; or set `output.delivery: at_least_once`"};
        set_own(conf.get(), "retry.backoff.ms", std::to_string(transaction_retry_backoff.count()));
    }
    auto set = set_users(conf.get(), output_section, output.properties, {connection_refusals, producer_refusals});
    if (!set) return set.error();
    if (batching == Batching::alone) {
        set_own(conf.get(), "batch.num.messages", "1");
        set_own(conf.get(), "linger.ms", "0");
    }
    set_own(conf.get(), "enable.idempotence", "true");
    set_own(conf.get(), "acks", "all");
    if (!output.transactional_id.empty()) set_own(conf.get(), "transactional.id", output.transactional_id);
    // Room for the framing, so that what we let through by its content is not refused by the client.
    set_own(conf.get(), "message.max.bytes", std::to_string(output.max_record_bytes + 4'096));
    rd_kafka_conf_set_events(conf.get(),
                             RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS);
    return conf;
}

Result<ConfPtr> admin_conf(const std::string& brokers, const Properties& properties, std::string_view section,
                           const std::string& group) {
    if (auto given = require(section, "brokers", brokers); !given) return given.error();
    auto conf = base_conf(brokers);
    set_own(conf.get(), "allow.auto.create.topics", "false");
    if (!group.empty()) set_own(conf.get(), "group.id", group.c_str());
    if (auto set = set_users(conf.get(), section, properties, {connection_refusals}); !set) return set.error();
    set_own(conf.get(), "enable.auto.commit", "false");
    set_own(conf.get(), "enable.partition.eof", "true");
    set_own(conf.get(), "auto.offset.reset", "error");  // what retention takes meanwhile is not passed over
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
    return conf;
}

Result<ClientPtr> make_client(rd_kafka_type_t type, ConfPtr conf, const Properties& properties,
                              std::string_view section) {
    std::array<char, 512> reason{};
    ClientPtr client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
    if (!client) {
        const std::string_view said = reason.data();
        auto key = std::string(section) + ".properties";
        for (const auto& [name, value] : properties)
            if (said.find(name) != std::string_view::npos) key = key_of(section, name);
        return Error{Fault::config, key + ": " + redacted(said)};
    }
    static_cast<void>(conf.release());  // the client owns it now
    rd_kafka_set_log_queue(client.get(), nullptr);
    return client;
}

}  // namespace prelabel::kafka
