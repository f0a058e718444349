#include "app/admin_port.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/dead_letter_classes.hpp"
#include "app/dead_letter_news.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"
#include "app/label_end.hpp"
#include "app/numerals.hpp"
#include "app/progress.hpp"
#include "app/runtime.hpp"
#include "app/selection_option.hpp"
#include "app/shown_outbox.hpp"

#include <prelabel/base/version.hpp>
#include <prelabel/config/duration.hpp>
#include <prelabel/files/label_run.hpp>
#include <prelabel/llm/cost.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace prelabel::app {
namespace {

/// Longer than an outbox waits before it tries again.
constexpr Duration stuck_hold = std::chrono::seconds(2);
/// After the second signal. What could not be flushed or handed over by then keeps nobody waiting.
constexpr Duration end_at_once = std::chrono::seconds(3);

struct Options {
    ConfigOption config;
    InputOption inputs;
    std::string output = "-";
    std::string dead_letters;
    SelectionOption selection;
    std::optional<double> max_cost;
    std::string wait_for_model = "5m";
    std::string resume;              ///< empty: not; `mixed`: also what another task or model made
    std::string dead_letters_again;  ///< classes with commas between; empty: none but those that time may heal
    bool quiet = false;
    bool page = false;

    [[nodiscard]] bool resumes() const { return !resume.empty() || !dead_letters_again.empty(); }
};

/// Records are JSON lines, and a name that says otherwise would mislead whatever reads them.
std::string wrong_output(const std::string& name) {
    for (const std::string_view ending : {".gz", ".zst", ".csv", ".tsv", ".parquet", ".xlsx"})
        if (name.ends_with(ending))
            return "\"" + name + "\": the output is JSON lines, and no " + std::string(ending) + "; name it " +
                   name.substr(0, name.size() - ending.size()) +
                   (name.find(".json") == std::string::npos ? ".jsonl" : "");
    return wrong_name(name);
}

std::string wrong_duration(const std::string& text) {
    return config::read_duration(text) ? "" : "expected a duration such as 30s, 5m or 1h; 0 does not wait";
}

int end_by_cost(double usd_max, const pipeline::Stats& stats, const LabelEnd& end) {
    if (stats.calls_started == 0) {
        // The same command again would come no further.
        complain("nothing was asked: one call could cost up to " + dollars_at_most(stats.next_call_usd_max) +
                 " (its answer counts in full, llm.max_output_tokens), and --max-cost is " + dollars_at_most(usd_max) +
                 ": raise --max-cost");
        return failed;
    }
    complain(spent_up(usd_max, stats.usage));
    complain(end.how_to_continue());
    return failed;
}

/// Both on the same terminal: a line that redraws itself would stand in the records.
bool records_meet_progress(const std::string& output) {
    return output == "-" && ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

files::MadeWith made_with(const config::Settings& settings) {
    return {settings.task.name,
            settings.task.version(),
            settings.endpoint.model.provider,
            settings.endpoint.model.model,
            settings.document.text,
            settings.document.id};
}

/// The live page of a run, on a port that is free. `worker` may come later.
Result<std::unique_ptr<AdminPort>> open_page(Runtime& runtime, const telemetry::Log& log,
                                             const std::unique_ptr<pipeline::Worker>& worker,
                                             const files::LabelRun& run, const telemetry::LatestDocuments& latest) {
    config::Listen listen = runtime.settings.admin;
    listen.port = 0;
    return AdminPort::open(runtime.loop.get_executor(), runtime.clock, listen,
                           [&runtime, &log, &worker, &run, &latest] {
                               telemetry::Snapshot snapshot;
                               snapshot.version = program_version;
                               snapshot.task_name = runtime.settings.task.name;
                               snapshot.task_version = runtime.settings.task.version();
                               snapshot.http = &runtime.model->stats();
                               snapshot.journal = runtime.journal_stats();
                               snapshot.key_files_failing = runtime.key_files_failing();
                               snapshot.troubles = log.recent_troubles();
                               snapshot.priced = llm::is_known(runtime.settings.endpoint.price);
                               if (runtime.settings.admin.show_documents) snapshot.documents = &latest;
                               if (!worker) return snapshot;
                               snapshot.pipeline = &worker->stats();
                               snapshot.input_done = share_done(run.progress(), worker->stats());
                               return snapshot;
                           });
}

int label(const Options& options, config::Settings settings) {
    settings.pipeline.give_up = {.when_a_person_is_needed = true,
                                 .after_an_outage_of = config::read_duration(options.wait_for_model)};
    const std::string dead_letters =
        options.dead_letters.empty() ? files::FileOutbox::dead_letters_beside(options.output) : options.dead_letters;
    const auto inputs = options.inputs.find({options.output, dead_letters});
    if (!inputs) return refuse(inputs.error());
    if (options.max_cost && !llm::is_known(settings.endpoint.price))
        return refuse({Fault::config,
                       "--max-cost: what calls cost is not known, so nothing can be capped: llm.price says what a "
                       "million tokens cost, in US dollars"});
    settings.pipeline.cost_max_usd = options.max_cost;
    settings.document.format = labeling::InputFormat::json;  // which readers of files make, whatever the topic holds
    telemetry::Log log(settings.log);
    auto made = Runtime::make(settings);
    if (!made) return refuse(made.error());
    Runtime& runtime = **made;
    if (const auto journal = runtime.open_journal(); !journal) return refuse(journal.error());
    // Outlives the worker, and is opened with what tells the worker its news.
    std::unique_ptr<files::LabelRun> label_run;
    telemetry::LatestDocuments latest;
    std::optional<ShownOutbox> shown;
    std::unique_ptr<pipeline::Worker> worker;
    if (const auto warning = runtime.key_in_the_clear(); !warning.empty()) complain(warning);

    std::unique_ptr<Progress> progress;
    const auto say = [&progress](const std::string& what) {
        if (progress) progress->clear();
        complain(what);
    };
    LabelEnd::Events events;
    bool stuck = false;
    files::OutboxNews news;
    news.stuck = [&](const Error& error) {
        worker->hold_calls_until(runtime.clock.now() + stuck_hold);
        if (!std::exchange(stuck, true)) say(error.message + "; it is tried again, and nothing is bought meanwhile");
    };
    news.works_again = [&] {
        stuck = false;
        say("writing works again");
    };
    news.same_id = [&](const Origin& document) {
        say(document.name() +
            ": has the id of an earlier document (input.id); evaluate and imports tell documents by "
            "their ids. Said once, and looked for among the first million documents");
    };
    news.lost = [&](const Error& error) {
        events.lost = error;
        worker->stop();
        worker->stop_at_once();
    };
    auto opened = files::LabelRun::open(
        {*inputs, options.output, dead_letters, options.resumes(), made_with(settings), read_options(settings),
         options.resume == "mixed", classes_to_retry(options.dead_letters_again), options.selection.selection},
        runtime.loop.get_executor(), runtime.clock, std::move(news));
    if (!opened) return refuse(opened.error());
    label_run = std::move(*opened);
    files::LabelRun& run = *label_run;
    if (!run.warning().empty()) complain(run.warning());

    DeadLetterNews dead_letter_news;
    const auto on_event = [&progress, &dead_letter_news, to_log = log_events(log)](const pipeline::Event& event) {
        if (std::holds_alternative<pipeline::PartitionsAssigned>(event)) return;  // files, not news
        if (std::holds_alternative<pipeline::SpentUp>(event)) return;             // the end says it
        const auto* dead_letter = std::get_if<pipeline::DocumentDeadLettered>(&event);
        if (dead_letter != nullptr && !dead_letter_news.tells(dead_letter->reason)) return;
        if (progress) progress->clear();
        to_log(event);
    };
    runtime.on_key_news = [&progress, to_log = log_key_news(log)](const config::ApiKey::News& of_key) {
        if (progress) progress->clear();
        to_log(of_key);
    };
    runtime.on_journal_news = [&progress, to_log = log_journal_news(log)](const journal::Journal::News& of_journal) {
        if (progress) progress->clear();
        to_log(of_journal);
    };
    std::unique_ptr<AdminPort> page;
    if (options.page) {
        auto served = open_page(runtime, log, worker, run, latest);
        if (!served) return refuse(served.error());
        page = std::move(*served);
        complain("the live page is at " + page->url());
    }
    pipeline::Outbox* to = &run.outbox();
    if (page && settings.admin.show_documents) to = &shown.emplace(run.outbox(), latest);
    worker = runtime.make_worker(run.source(), *to, on_event);
    if (!options.quiet && !records_meet_progress(options.output)) {
        progress = std::make_unique<Progress>(runtime.clock, llm::is_known(settings.endpoint.price),
                                              [&] { return Progress::Now{run.progress(), &worker->stats()}; });
    }
    const bool from_a_pipe = std::ranges::count(options.inputs.named, "-") > 0;
    const LabelEnd end(
        run, *worker,
        {options.output, dead_letters, *inputs, from_a_pipe, llm::is_known(settings.endpoint.price), options.quiet});
    const auto finish_calls = [&] {
        events.interrupted = true;
        say(stuck
                ? "sending nothing more, but what is labeled cannot be written; make room, or interrupt again to stop "
                  "without it"
                : "sending nothing more, finishing the calls under way; interrupt again to stop at once");
        worker->stop();
    };
    async::Timer patience([&] {
        say(end.how_to_continue());
        ::_exit(interrupted);
    });
    const auto stop_at_once = [&] {
        worker->stop_at_once();
        runtime.clock.arm(patience, runtime.clock.now() + end_at_once);
    };
    const TimePoint started = runtime.clock.now();
    const Result<> outcome = runtime.run(*worker, {finish_calls, stop_at_once});
    runtime.clock.disarm(patience);
    const Result<> finished = run.finish();
    const bool reader_left = events.lost && events.lost->fault == Fault::cancelled;
    if (progress && !reader_left) progress->finish();
    if (const auto others = dead_letter_news.others(dead_letters); !others.empty() && !reader_left) complain(others);
    if (!options.quiet && !reader_left) {
        end.print_summary(outcome, runtime.clock.now() - started);
    }
    if (!finished)
        complain(finished.error().message +
                 "; dead letters whose documents were labeled again are still in it, until the next --resume");
    const pipeline::Stats& stats = worker->stats();
    if (stats.spent_up && outcome && !events.interrupted && !events.lost)
        return end_by_cost(*options.max_cost, stats, end);
    return end.exit_code(outcome, events);
}

}  // namespace

void add_label(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand(
        "label", "The same pipeline on files: JSONL, JSON, CSV, text, CoNLL, also packed, or - for standard input");
    auto options = std::make_shared<Options>();
    options->inputs.add_to(*command, options->config, "Files, folders or globs to label; - is standard input");
    options->config.add_to(*command);
    command
        ->add_option("-o,--output", options->output,
                     "Where annotations go, one JSON object a line; - is standard output")
        ->check(CLI::Validator(wrong_output, ""))
        ->type_name("FILE")
        ->capture_default_str();
    command
        ->add_option("--dead-letters", options->dead_letters,
                     "Where documents go that cannot be labeled (default: beside the output)")
        ->check(CLI::Validator(wrong_name, ""))
        ->type_name("FILE");
    options->selection.add_to(*command);
    command
        ->add_option("--max-cost", options->max_cost,
                     "Stop before this run could cost more, in US dollars; needs llm.price")
        ->check(CLI::PositiveNumber)
        ->type_name("USD");
    command
        ->add_option("--wait-for-model", options->wait_for_model,
                     "How long a model is waited for that answers nobody; 0: not at all")
        ->check(CLI::Validator(wrong_duration, ""))
        ->type_name("DURATION")
        ->capture_default_str();
    command
        ->add_flag("--resume", options->resume,
                   "Go on where a run with the same output, inputs, task and model stopped, and label documents again "
                   "that ended as deadline or request_rejected; =mixed: also with another task or model")
        ->check(CLI::IsMember({without_value, std::string("mixed")}))
        ->type_name("[=mixed]");
    command
        ->add_flag("--retry-dead-letters", options->dead_letters_again,
                   "Resume, and label the documents of these dead letters again; without classes: of all")
        ->check(CLI::Validator(wrong_classes, ""))
        ->type_name("[=CLASS,...]");
    command->add_flag("--page", options->page, "Serve the live page while it runs, on a free port");
    command->add_flag("-q,--quiet", options->quiet, "No progress and no summary on standard error");
    command->callback([options, &chosen] {
        chosen = [options] {
            auto settings = options->config.load({.model = true, .input = false, .output = false});
            return settings ? label(*options, std::move(*settings)) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
