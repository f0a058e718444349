#include "app/admin_port.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/runtime.hpp"

#include <prelabel/base/version.hpp>
#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/kafka_outbox.hpp>

#include <memory>

namespace prelabel::app {
namespace {

kafka::OnNotice log_notices(telemetry::Log& log) {
    return [&log](const kafka::Notice& notice) {
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

int run(const config::Settings& settings) {
    telemetry::Log log(settings.log);
    const auto refuse = [](const Error& error) {
        complain(error.message);
        return error.fault == Fault::config ? wrong_usage : failed;
    };
    auto made = Runtime::make(settings);
    if (!made) return refuse(made.error());
    Runtime& runtime = **made;
    if (const auto warning = runtime.key_in_the_clear(); !warning.empty())
        log.warning("insecure", {{"reason", warning}});
    const auto executor = runtime.loop.get_executor();
    std::unique_ptr<kafka::KafkaSource> source;
    std::unique_ptr<kafka::KafkaOutbox> outbox;
    std::unique_ptr<pipeline::Worker> worker;
    kafka::SourceStats source_stats;
    kafka::SinkStats sink_stats;
    // Before the group is joined: a port that cannot be opened must not cost the group a rebalance.
    std::unique_ptr<AdminPort> admin;
    if (settings.admin.enabled) {
        auto opened = AdminPort::open(executor, runtime.clock, settings.admin, [&] {
            telemetry::Snapshot snapshot;
            snapshot.version = program_version;
            snapshot.task_name = settings.task.name;
            snapshot.task_version = settings.task.version();
            snapshot.http = &runtime.model->stats();
            snapshot.troubles = log.recent_troubles();
            if (!worker) return snapshot;
            source_stats = source->stats();
            sink_stats = outbox->stats();
            snapshot.pipeline = &worker->stats();
            snapshot.source = &source_stats;
            snapshot.sink = &sink_stats;
            return snapshot;
        });
        if (!opened) return refuse(opened.error());
        admin = std::move(*opened);
    }
    auto sink = kafka::KafkaSink::create(executor, runtime.clock,
                                         kafka::with_connection_of(settings.input, settings.output), log_notices(log));
    if (!sink) return refuse(sink.error());
    auto made_source = kafka::KafkaSource::create(executor, runtime.clock, settings.input, log_notices(log));
    if (!made_source) return refuse(made_source.error());
    source = std::move(*made_source);
    outbox = std::make_unique<kafka::KafkaOutbox>(std::move(*sink), *source);
    worker = runtime.make_worker(*source, *outbox, log_events(log));
    log.info("started", {{"version", program_version},
                         {"task", settings.task.name},
                         {"task_version", settings.task.version()},
                         {"topic", settings.input.topic},
                         {"group", settings.input.group},
                         {"model", settings.endpoint.model.model},
                         {"admin_port", admin ? admin->port() : 0},
                         {"live_page", admin ? admin->url() : ""}});
    const Result<> outcome = runtime.run(*worker, {[&] {
        log.info("draining");
        worker->stop();
    }});
    const auto& stats = worker->stats();
    log.info("stopped", {{"documents", stats.documents_complete + stats.documents_partial},
                         {"abandoned", stats.documents_abandoned},
                         {"cost_usd", stats.usage.cost_usd}});
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
