#include "app/admin_port.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/progress.hpp"
#include "app/runtime.hpp"
#include "app/shown_outbox.hpp"

#include <prelabel/base/version.hpp>
#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/kafka_outbox.hpp>
#include <prelabel/kafka/lookout.hpp>
#include <prelabel/kafka/transactional_outbox.hpp>
#include <prelabel/llm/cost.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace prelabel::app {
namespace {

/// What a person at a terminal sees beside the log, rewritten in place. Empty where nobody looks.
using Heartbeat = std::unique_ptr<Progress>;
constexpr Duration beat = std::chrono::seconds(1);

/// Lines of the log stand alone.
void make_room(const Heartbeat& heartbeat) {
    if (heartbeat) heartbeat->clear();
}

/// Records of the topic that are not done; nothing until the broker has said it of every partition.
std::optional<std::uint64_t> lag_of(const kafka::SourceStats& stats) {
    std::optional<std::uint64_t> lag;
    for (const auto& partition : stats.partitions) {
        if (!partition.lag) return std::nullopt;
        lag = lag.value_or(0) + static_cast<std::uint64_t>(*partition.lag);
    }
    return lag;
}

kafka::OnNotice log_notices(telemetry::Log& log, const Heartbeat& heartbeat) {
    return [&log, &heartbeat](const kafka::Notice& notice) {
        make_room(heartbeat);
        switch (notice.severity) {
            case kafka::Severity::debug:
                log.debug("kafka", {{"message", notice.text}});
                break;
            case kafka::Severity::info:
                log.info("kafka", {{"message", notice.text}});
                break;
            case kafka::Severity::warning:
                log.warning("kafka", {{"message", notice.text}});
                break;
            case kafka::Severity::error:
                log.error("kafka", {{"message", notice.text}});
                break;
        }
    };
}

/// Where outputs go, and what it counts.
struct Destination {
    std::unique_ptr<pipeline::Outbox> outbox;
    std::function<kafka::SinkStats()> stats;
    std::function<void()> begin;  ///< once the worker is there
};

/// Outputs that wait for a commit keep their places in the window and in memory: long before these are full, they are
/// committed without waiting for the interval.
kafka::TransactionSettings transactions_of(const config::Settings& settings) {
    auto made = settings.transactions;
    if (made.instance.empty()) made.instance = kafka::default_instance();
    const auto& held = settings.pipeline;
    const std::size_t places = std::min(held.window_per_partition, held.documents_in_memory_max);
    made.hurry_at = std::clamp<std::size_t>(places / 4, 1, made.outputs_max);
    made.outputs_bytes_max = std::min(made.outputs_bytes_max, held.bytes_in_memory_max / 4);
    return made;
}

Result<Destination> destination(const config::Settings& settings, Runtime& runtime, kafka::KafkaSource& source,
                                const kafka::OnNotice& on_notice, std::function<void(const std::string&)> on_hopeless) {
    const auto executor = runtime.loop.get_executor();
    auto output = kafka::with_connection_of(settings.input, settings.output);
    if (settings.delivery == config::Delivery::at_least_once) {
        auto sink = kafka::KafkaSink::create(executor, runtime.clock, std::move(output), on_notice);
        if (!sink) return sink.error();
        auto outbox = std::make_unique<kafka::KafkaOutbox>(std::move(*sink), source);
        auto stats = [from = outbox.get()] { return from->stats(); };
        return Destination{std::move(outbox), std::move(stats), [] {}};
    }
    auto made =
        kafka::TransactionalOutbox::create(executor, runtime.clock, settings.input, std::move(output),
                                           transactions_of(settings), source, on_notice, std::move(on_hopeless));
    if (!made) return made.error();
    auto stats = [from = made->get()] { return from->stats(); };
    auto begin = [outbox = made->get()] { outbox->prepare(); };
    return Destination{std::move(*made), std::move(stats), std::move(begin)};
}

int run(config::Settings settings) {
    settings.input.await_transactions = settings.delivery == config::Delivery::exactly_once;
    telemetry::Log log(settings.log);
    auto made = Runtime::make(settings);
    if (!made) return refuse(made.error());
    Runtime& runtime = **made;
    if (const auto opened = runtime.open_journal(); !opened) return refuse(opened.error());
    if (const auto warning = runtime.key_in_the_clear(); !warning.empty())
        log.warning("insecure", {{"reason", warning}});
    const auto executor = runtime.loop.get_executor();
    std::unique_ptr<kafka::KafkaSource> source;
    Destination to;
    telemetry::LatestDocuments latest;
    std::optional<ShownOutbox> shown;
    std::unique_ptr<pipeline::Worker> worker;
    kafka::SourceStats source_stats;
    kafka::SinkStats sink_stats;
    Heartbeat heartbeat;
    std::string waits_for;
    // Before the group is joined: a port that cannot be opened must not cost the group a rebalance.
    std::unique_ptr<AdminPort> admin;
    if (settings.admin.enabled) {
        auto opened = AdminPort::open(executor, runtime.clock, settings.admin, [&] {
            telemetry::Snapshot snapshot;
            snapshot.version = program_version;
            snapshot.task_name = settings.task.name;
            snapshot.task_version = settings.task.version();
            snapshot.group = settings.input.group;
            snapshot.http = &runtime.model->stats();
            snapshot.journal = runtime.journal_stats();
            snapshot.key_files_failing = runtime.key_files_failing();
            snapshot.troubles = log.recent_troubles();
            snapshot.priced = llm::is_known(settings.endpoint.price);
            if (settings.admin.show_documents) snapshot.documents = &latest;
            if (!worker) return snapshot;
            source_stats = source->stats();
            sink_stats = to.stats();
            snapshot.pipeline = &worker->stats();
            snapshot.watermark_ages = worker->watermark_ages();
            snapshot.source = &source_stats;
            snapshot.sink = &sink_stats;
            return snapshot;
        });
        if (!opened) return refuse(opened.error());
        admin = std::move(*opened);
    }
    auto made_source = kafka::KafkaSource::create(executor, runtime.clock, settings.input, log_notices(log, heartbeat));
    if (!made_source) return refuse(made_source.error());
    source = std::move(*made_source);
    auto made_destination = destination(settings, runtime, *source, log_notices(log, heartbeat),
                                        [&worker](const std::string& reason) { worker->give_up(reason); });
    if (!made_destination) return refuse(made_destination.error());
    to = std::move(*made_destination);
    pipeline::Outbox* outbox = to.outbox.get();
    if (admin && settings.admin.show_documents) outbox = &shown.emplace(*outbox, latest);
    worker =
        runtime.make_worker(*source, *outbox, [&heartbeat, to_log = log_events(log)](const pipeline::Event& event) {
            make_room(heartbeat);
            to_log(event);
        });
    log.info("started", {{"version", program_version},
                         {"task", settings.task.name},
                         {"task_version", settings.task.version()},
                         {"topic", settings.input.topic},
                         {"group", settings.input.group},
                         {"model", settings.endpoint.model.model},
                         {"admin_port", admin ? admin->port() : 0},
                         {"live_page", admin ? admin->url() : ""}});
    if (::isatty(STDERR_FILENO) == 1) {
        if (admin) complain("the live page is at " + admin->url());
        const auto now = [&] { return Progress::Now{{}, &worker->stats(), lag_of(source->stats()), waits_for}; };
        heartbeat = std::make_unique<Progress>(runtime.clock, llm::is_known(settings.endpoint.price), now, beat);
    }
    runtime.on_key_news = [&heartbeat, to_log = log_key_news(log)](const config::ApiKey::News& news) {
        make_room(heartbeat);
        to_log(news);
    };
    runtime.on_journal_news = [&heartbeat, to_log = log_journal_news(log)](const journal::Journal::News& news) {
        make_room(heartbeat);
        to_log(news);
    };
    std::optional<kafka::Lookout> lookout;
    lookout.emplace(executor, settings.input, kafka::with_connection_of(settings.input, settings.output),
                    [&](const std::vector<std::string>& missing) {
                        make_room(heartbeat);
                        for (const auto& sentence : missing) log.error("waiting", {{"reason", sentence}});
                        if (missing.empty())
                            log.info("found", {{"what", "the brokers and topics that were waited for"}});
                        waits_for = missing.empty() ? "" : missing.front();
                    });
    to.begin();
    const Result<> outcome = runtime.run(*worker, {[&] {
        make_room(heartbeat);
        log.info("draining");
        worker->stop();
    }});
    lookout.reset();
    if (heartbeat) heartbeat->finish();
    const auto& stats = worker->stats();
    const double unknown = std::numeric_limits<double>::quiet_NaN();  // null in the log
    log.info("stopped", {{"documents", stats.documents_complete + stats.documents_partial},
                         {"abandoned", stats.documents_abandoned},
                         {"cost_usd", llm::is_known(settings.endpoint.price) ? stats.usage.cost_usd : unknown},
                         {"answers_without_usage", stats.usage.uncounted}});
    if (!outcome) return refuse(outcome.error());
    return done;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("run", "The Kafka worker: runs until SIGTERM or SIGINT, then drains");
    auto config = std::make_shared<ConfigOption>();
    config->add_to(*command);
    command->callback([config, &chosen] {
        chosen = [config] {
            const auto settings = config->load({});
            return settings ? run(*settings) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
