#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"
#include "app/progress.hpp"
#include "app/runtime.hpp"

#include <prelabel/files/label_run.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

namespace prelabel::app {
namespace {

/// Longer than an outbox waits before it tries again.
constexpr Duration stuck_hold = std::chrono::seconds(2);

struct Options {
    ConfigOption config;
    InputOption inputs;
    std::string output = "-";
    std::string dead_letters;
    bool resume = false;
    bool quiet = false;
};

int refuse(const Error& error) {
    complain(error.message);
    return error.fault == Fault::config ? wrong_usage : failed;
}

/// A person at a terminal waits no longer for a model that answers nobody.
constexpr Duration outage_max = std::chrono::minutes(5);

/// What happened to a run beside its documents.
struct End {
    bool interrupted = false;
    std::optional<Error> lost;  ///< why nothing could be written any more
};

/// The reader of a pipe has what it wanted (`| head`): the end that every other tool has then.
[[noreturn]] void end_as_by_a_closed_pipe() {
    std::signal(SIGPIPE, SIG_DFL);
    static_cast<void>(std::raise(SIGPIPE));
    std::_Exit(failed);
}

int exit_code(const Result<>& outcome, const End& end, files::LabelRun& run, const pipeline::Worker& worker,
              const std::string& dead_letters) {
    const pipeline::Stats& stats = worker.stats();
    if (const auto& reason = worker.gave_up_because()) {
        complain("the model cannot be used: " + *reason + (run.resumable() ? "; then go on with --resume" : ""));
        return model_unusable;
    }
    if (!outcome) return refuse(outcome.error());
    if (end.lost && !end.interrupted) {
        if (end.lost->fault == Fault::cancelled) end_as_by_a_closed_pipe();
        return refuse({Fault::dependency, end.lost->message});
    }
    if (end.lost) complain(end.lost->message);
    if (end.interrupted && (stats.documents_abandoned > 0 || !run.source().progress().ended)) {
        complain(run.resumable() ? "interrupted: go on with the same command and --resume" : "interrupted");
        return interrupted;
    }
    const auto now = std::accumulate(stats.dead_letters.begin(), stats.dead_letters.end(), std::uint64_t{0});
    const auto count = now + run.dead_letters_before();
    if (count == 0) return done;
    complain(std::to_string(count) + " documents are dead letters: see " + dead_letters);
    return some_dead_lettered;
}

files::MadeWith made_with(const config::Settings& settings) {
    return {settings.task.name, settings.task.version(), settings.endpoint.model.provider,
            settings.endpoint.model.model};
}

int label(const Options& options, config::Settings settings) {
    settings.pipeline.give_up = {.when_a_person_is_needed = true, .after_an_outage_of = outage_max};
    const std::string dead_letters =
        options.dead_letters.empty() ? files::FileOutbox::dead_letters_beside(options.output) : options.dead_letters;
    const auto inputs = options.inputs.find({options.output, dead_letters});
    if (!inputs) return refuse(inputs.error());
    settings.document.format = labeling::InputFormat::json;  // which readers of files make, whatever the topic holds
    telemetry::Log log(settings.log);
    auto made = Runtime::make(settings);
    if (!made) return refuse(made.error());
    Runtime& runtime = **made;
    if (const auto warning = runtime.key_in_the_clear(); !warning.empty()) complain(warning);

    std::unique_ptr<pipeline::Worker> worker;
    std::unique_ptr<Progress> progress;
    const auto say = [&progress](const std::string& what) {
        if (progress) progress->clear();
        complain(what);
    };
    End end;
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
        end.lost = error;
        worker->stop_calling();
        worker->stop_at_once();
    };
    auto opened = files::LabelRun::open(
        {*inputs, options.output, dead_letters, options.resume, made_with(settings), read_options(settings)},
        runtime.loop.get_executor(), runtime.clock, std::move(news));
    if (!opened) return refuse(opened.error());
    files::LabelRun& run = **opened;
    if (!run.warning().empty()) complain(run.warning());

    const auto on_event = [&progress, to_log = log_events(log)](const pipeline::Event& event) {
        if (std::holds_alternative<pipeline::PartitionsAssigned>(event)) return;  // files, not news
        if (progress) progress->clear();
        to_log(event);
    };
    worker = runtime.make_worker(run.source(), run.outbox(), on_event);
    if (!options.quiet) {
        progress = std::make_unique<Progress>(runtime.clock, settings,
                                              [&] { return Progress::Now{run.source().progress(), &worker->stats()}; });
    }
    const auto finish_calls = [&] {
        end.interrupted = true;
        say("sending nothing more, finishing the calls under way; interrupt again to stop at once");
        worker->stop_calling();
    };
    const Result<> outcome = runtime.run(*worker, {finish_calls, [&worker] { worker->stop_at_once(); }});
    const bool reader_left = end.lost && end.lost->fault == Fault::cancelled;
    if (progress && !reader_left) progress->finish();
    return exit_code(outcome, end, run, *worker, dead_letters);
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
        ->type_name("FILE")
        ->capture_default_str();
    command
        ->add_option("--dead-letters", options->dead_letters,
                     "Where documents go that cannot be labeled (default: beside the output)")
        ->type_name("FILE");
    command->add_flag("--resume", options->resume,
                      "Go on where a run with the same output, inputs, task and model stopped");
    command->add_flag("-q,--quiet", options->quiet, "No progress on standard error");
    command->callback([options, &chosen] {
        chosen = [options] {
            auto settings = options->config.load({.model = true, .input = false, .output = false});
            return settings ? label(*options, std::move(*settings)) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
