#include "app/runtime.hpp"

#include "app/exit_code.hpp"

#include <prelabel/http/base_url.hpp>
#include <prelabel/http/descriptors.hpp>
#include <prelabel/journal/system_disk.hpp>
#include <prelabel/llm/cost.hpp>

#include <csignal>
#include <exception>
#include <optional>
#include <random>
#include <unistd.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

namespace prelabel::app {
namespace {

/// Answers of this process: enough for repeated documents and redelivered records,
/// small beside the documents in memory.
constexpr std::size_t cache_bytes_max = 16U << 20;
constexpr Duration one_wish = std::chrono::milliseconds(2);

std::string named(const std::vector<Partition>& partitions) {
    std::string out;
    for (const auto& partition : partitions) {
        if (!out.empty()) out += ' ';
        out += partition.topic + "/" + std::to_string(partition.number);
    }
    return out;
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

async::Coroutine<> run_to_end(pipeline::Worker* worker, std::optional<Result<>>* outcome) {
    Result<> result = co_await worker->run();
    outcome->emplace(std::move(result));
}

}  // namespace

Runtime::Runtime(const config::Settings& with) : settings(with), key_(with.endpoint.api_key), cache_(cache_bytes_max) {
    settings.pipeline.limits = settings.endpoint.limits;
    settings.pipeline.call_timeout = settings.endpoint.call_timeout;
    for (const auto& [name, value] : settings.endpoint.headers) {
        headers_.push_back({name, Secret(value.text)});
        header_keys_.emplace_back();
        if (!value.source.empty())
            header_keys_.back().emplace(
                value.source, config::ApiKey::Use{"llm.headers." + name, "the value of a header field", true});
    }
}

Result<std::unique_ptr<Runtime>> Runtime::make(const config::Settings& settings) {
    const std::size_t descriptors = http::raise_descriptor_limit();
    if (auto fits = http::check_descriptors(settings.endpoint.limits.max_in_flight, descriptors); !fits)
        return fits.error();
    auto runtime = std::unique_ptr<Runtime>(new Runtime(settings));
    auto key = runtime->key_.read(runtime->clock.now());
    if (!key) return key.error();
    runtime->last_key_ = std::move(*key);
    if (auto read = runtime->read_headers(); !read) return read.error();
    auto input = settings.document;
    input.metadata_bytes_max = settings.output.max_record_bytes;
    const record::Extras extras{settings.include_raw_answer, llm::is_known(settings.endpoint.price)};
    auto plan = pipeline::LabelingPlan::make(
        {settings.task, std::move(input), settings.endpoint.model, settings.output.max_record_bytes, extras});
    if (!plan) return plan.error();
    runtime->plan_ = std::move(*plan);
    const auto base = http::parse_base_url(settings.endpoint.model.base_url);
    if (!base) return base.error();
    auto proxy = http::choose_proxy(base->endpoint, settings.endpoint.proxy, config::process_environment());
    if (!proxy) return proxy.error();
    runtime->settings.endpoint.http.proxy = std::move(*proxy);
    auto model = http::HttpModel::make(
        runtime->loop.get_executor(), runtime->clock, llm::Codec(settings.endpoint.model),
        runtime->settings.endpoint.http,
        [self = runtime.get()] {
            self->read_key();
            return self->last_key_;
        },
        [self = runtime.get()] {
            (void)self->read_headers();
            return self->headers_;
        });
    if (!model) return model.error();
    runtime->model = std::move(*model);
    return runtime;
}

Result<> Runtime::open_journal() {
    if (settings.journal.path.empty()) return {};
    auto disk = journal::SystemDisk::lock(settings.journal.path);
    if (!disk) return disk.error();
    auto opened = journal::Journal::open(
        settings.journal, {std::move(*disk), loop.get_executor(), clock, [this](const journal::Journal::News& news) {
                               if (on_journal_news) on_journal_news(news);
                           }});
    if (!opened) return opened.error();
    journal_ = std::move(*opened);
    tiers_.emplace(cache_, *journal_);
    return {};
}

void Runtime::read_key() {
    if (auto fresh = key_.read(clock.now())) last_key_ = std::move(*fresh);
    pass_on_news_of(key_);
}

std::uint64_t Runtime::key_files_failing() {
    read_key();
    (void)read_headers();
    std::uint64_t failing = key_.failing() ? 1 : 0;
    for (const auto& key : header_keys_) failing += key && key->failing() ? 1 : 0;
    return failing;
}

Result<> Runtime::read_headers() {
    for (std::size_t i = 0; i < header_keys_.size(); ++i) {
        if (!header_keys_[i]) continue;
        auto fresh = header_keys_[i]->read(clock.now());
        pass_on_news_of(*header_keys_[i]);
        if (!fresh) return fresh.error();
        headers_[i].value = std::move(*fresh);
    }
    return {};
}

void Runtime::pass_on_news_of(config::ApiKey& key) const {
    if (const auto news = key.take_news(); news && on_key_news) on_key_news(*news);
}

std::unique_ptr<pipeline::Worker> Runtime::make_worker(pipeline::Source& source, pipeline::Outbox& outbox,
                                                       pipeline::EventListener on_event) {
    pipeline::AnswerStore* store = &cache_;
    if (tiers_) store = &*tiers_;
    std::random_device device;
    const std::uint64_t seed = std::uint64_t{device()} << 32U | device();
    return std::make_unique<pipeline::Worker>(
        loop.get_executor(), plan_, settings.pipeline,
        pipeline::Worker::Ports{
            source, outbox, {*model, settings.endpoint.model, settings.endpoint.price}, *store, clock},
        std::move(on_event), seed);
}

std::string Runtime::key_in_the_clear() const {
    const auto base = http::parse_base_url(settings.endpoint.model.base_url);
    const bool has_secrets = !last_key_.empty() || !headers_.empty();
    if (!has_secrets || !base || !base->endpoint.in_the_clear()) return {};
    return "llm.base_url is http:// to another machine: whoever is on the way can read the key and the documents; use "
           "https://";
}

Result<> Runtime::run(pipeline::Worker& worker, const std::vector<std::function<void()>>& answers) {
    std::optional<Result<>> outcome;
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    struct sigaction hang_up {};  // of a terminal that is closed; nohup has it ignored
    if (::sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) signals.add(SIGHUP);
    std::size_t signalled = 0;
    std::optional<TimePoint> last_signal;
    std::function<void(const boost::system::error_code&, int)> on_signal = [&](const boost::system::error_code& error,
                                                                               int) {
        if (error) return;
        signals.async_wait(on_signal);
        // timeout(1) and some supervisors signal the process and then its group: that is one wish.
        if (last_signal && clock.now() - *last_signal < one_wish) return;
        last_signal = clock.now();
        if (signalled == answers.size()) ::_exit(interrupted);
        answers[signalled++]();
    };
    signals.async_wait(on_signal);
    boost::asio::co_spawn(loop.get_executor(), run_to_end(&worker, &outcome), [this](const std::exception_ptr& error) {
        expects(!error, "the worker does not throw");
        loop.stop();
    });
    loop.run();
    return outcome.value();
}

std::function<void(const journal::Journal::News&)> log_journal_news(telemetry::Log& log) {
    return [&log](const journal::Journal::News& news) {
        if (news.works) return log.info("journal", {{"what", news.what}});
        log.error("journal", {{"reason", news.what}});
    };
}

std::function<void(const config::ApiKey::News&)> log_key_news(telemetry::Log& log) {
    return [&log](const config::ApiKey::News& news) {
        if (news.usable) return log.info("key_file", {{"what", news.what}});
        log.warning("key_file", {{"reason", news.what}});
    };
}

pipeline::EventListener log_events(telemetry::Log& log) {
    constexpr auto said = telemetry::LogField::provider_error;
    return [&log](const pipeline::Event& event) {
        std::visit(
            Overloaded{
                [&](const pipeline::Paused& e) {
                    const bool person = e.cause == pipeline::PauseCause::person;
                    log.error("paused", {{"cause", person ? "person" : "outage"}, {"reason", e.reason}, said(e.said)});
                },
                [&](const pipeline::Resumed&) { log.info("resumed"); },
                [&](const pipeline::DocumentDeadLettered& e) {
                    if (e.origin.from_file())
                        return log.warning("dead_letter", {{"class", to_string(e.reason)},
                                                           {"reason", e.message},
                                                           {"document", e.origin.name()},
                                                           said(e.said)});
                    log.warning("dead_letter", {{"class", to_string(e.reason)},
                                                {"reason", e.message},
                                                {"topic", e.origin.partition.topic},
                                                {"partition", e.origin.partition.number},
                                                {"offset", e.origin.offset},
                                                said(e.said)});
                },
                [&](const pipeline::PartitionsAssigned& e) {
                    log.info("assigned", {{"partitions", named(e.partitions)}});
                },
                [&](const pipeline::PartitionsRevoked& e) {
                    log.info("revoked",
                             {{"partitions", named(e.partitions)}, {"lost", e.lost}, {"abandoned", e.abandoned}});
                },
                [&](const pipeline::RecordsLost& e) {
                    log.error("records_lost",
                              {{"reason",
                                "the topic no longer has them: its retention was shorter than what waited, or "
                                "they were deleted"},
                               {"topic", e.partition.topic},
                               {"partition", e.partition.number},
                               {"from", e.from},
                               {"to", e.to},
                               {"records", e.records}});
                },
                [&](const pipeline::Trouble& e) { log.warning("trouble", {{"reason", e.message}, said(e.said)}); },
                [&](const pipeline::Learned& e) { log.info("learned", {{"what", e.message}, said(e.said)}); },
                [&](const pipeline::SpentUp&) { log.info("spent_up"); },
            },
            event);
    };
}

}  // namespace prelabel::app
