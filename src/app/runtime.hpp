#pragma once

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/config/api_key.hpp>
#include <prelabel/config/settings.hpp>
#include <prelabel/http/http_model.hpp>
#include <prelabel/journal/answer_tiers.hpp>
#include <prelabel/pipeline/labeling_plan.hpp>
#include <prelabel/pipeline/worker.hpp>
#include <prelabel/telemetry/log.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace prelabel::app {

/// What `run` and `label` have in common: one loop, its clock, the plan, and the way to the model.
/// Lifetime: outlives the worker made from it.   Threads: one.
class Runtime {
public:
    /// Raises the limit of open files first.
    /// Errors: Fault::config for a key, URL, certificate or schema that cannot be used, and for more calls at once than
    ///         open files.
    [[nodiscard]] static Result<std::unique_ptr<Runtime>> make(const config::Settings& settings);

    /// Where the configuration names a journal: before the worker is made.
    /// Errors: a folder that cannot be used, or is another worker's.
    [[nodiscard]] Result<> open_journal();
    /// How many files with a key or a header field cannot be used now.
    /// Looks at them itself, since an idle worker makes no call that would.
    [[nodiscard]] std::uint64_t key_files_failing();
    /// Null where there is none.
    [[nodiscard]] const journal::Stats* journal_stats() const { return journal_ ? &journal_->stats() : nullptr; }
    /// A worker between `source` and `outbox`.
    [[nodiscard]] std::unique_ptr<pipeline::Worker> make_worker(pipeline::Source& source, pipeline::Outbox& outbox,
                                                                pipeline::EventListener on_event);
    /// Turns the loop until the worker has ended. The first SIGTERM, SIGINT or SIGHUP is answered by the first of
    /// `answers`, and so on; one more than there are answers ends the process at once.
    [[nodiscard]] Result<> run(pipeline::Worker& worker, const std::vector<std::function<void()>>& answers);

    [[nodiscard]] const pipeline::LabelingPlan& plan() const { return *plan_; }
    /// What to say when the key would travel readable for others; empty when it does not.
    [[nodiscard]] std::string key_in_the_clear() const;

    boost::asio::io_context loop{1};
    async::WheelClock clock{loop.get_executor()};
    config::Settings settings;
    std::unique_ptr<http::HttpModel> model;
    /// Hears once per change that a file with a key or a header field cannot be read, and that it can again.
    std::function<void(const config::ApiKey::News&)> on_key_news;
    std::function<void(const journal::Journal::News&)> on_journal_news;

private:
    explicit Runtime(const config::Settings& with);

    /// A key file that is being replaced may be unreadable for a moment: the last good key stays.
    void read_key();
    /// Header fields whose value was not in the configuration, as they are now.
    [[nodiscard]] Result<> read_headers();
    void pass_on_news_of(config::ApiKey& key) const;

    config::ApiKey key_;
    Secret last_key_;
    std::vector<http::HttpModel::Field> headers_;
    std::vector<std::optional<config::ApiKey>> header_keys_;  // of those that are read
    std::shared_ptr<const pipeline::LabelingPlan> plan_;
    journal::MemoryCache cache_;
    std::unique_ptr<journal::Journal> journal_;
    std::optional<journal::AnswerTiers> tiers_;
};

/// What the pipeline has to say, as log lines.
[[nodiscard]] pipeline::EventListener log_events(telemetry::Log& log);
/// That answers are not kept any more, and that they are again.
[[nodiscard]] std::function<void(const journal::Journal::News&)> log_journal_news(telemetry::Log& log);
/// What becomes of the files with keys.
[[nodiscard]] std::function<void(const config::ApiKey::News&)> log_key_news(telemetry::Log& log);

}  // namespace prelabel::app
