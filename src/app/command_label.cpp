#include "commands.hpp"
#include "config_option.hpp"
#include "exit_code.hpp"
#include "progress.hpp"
#include "runtime.hpp"

#include <prelabel/files/file_sink.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/files/finished_records.hpp>
#include <prelabel/files/input_order.hpp>

#include <algorithm>
#include <memory>
#include <numeric>

namespace prelabel::app {
namespace {

struct Options {
    ConfigOption config;
    std::vector<std::string> inputs;
    std::string output = "-";
    std::string dead_letters;
    std::string format;
    bool resume = false;
    bool quiet = false;
};

Result<std::vector<files::Input>> inputs_of(const Options& options) {
    std::vector<files::Input> inputs;
    for (const auto& path : options.inputs) {
        if (!options.format.empty()) {
            inputs.push_back({path, files::file_format(options.format).value()});
            continue;
        }
        const auto format = files::format_of(path);
        if (!format) return format.error();
        inputs.push_back({path, *format});
    }
    return inputs;
}

int refuse(const Error& error) {
    complain(error.message);
    return error.fault == Fault::config ? wrong_usage : failed;
}

/// The files' readers make records with `/text` and `/id`, whatever the Kafka topic holds; JSONL is as the config says.
void read_what_readers_make(config::Settings& settings, const std::vector<files::Input>& inputs) {
    settings.document.format = labeling::InputFormat::json;
    const bool jsonl =
        std::ranges::any_of(inputs, [](const auto& input) { return input.format == files::FileFormat::jsonl; });
    if (jsonl) return;
    settings.document.text = "/text";
    settings.document.id = "/id";
}

int label(const Options& options, config::Settings settings) {
    const auto inputs = inputs_of(options);
    if (!inputs) return refuse(inputs.error());
    read_what_readers_make(settings, *inputs);
    const std::string dead_letters =
        options.dead_letters.empty() ? files::FileSink::dead_letters_beside(options.output) : options.dead_letters;
    files::FinishedRecords finished;
    if (options.resume) {
        auto found = files::finished_records({options.output, dead_letters});
        if (!found) return refuse(found.error());
        finished = std::move(*found);
    }
    telemetry::Log log(settings.log);
    auto made = Runtime::make(settings);
    if (!made) return refuse(made.error());
    Runtime& runtime = **made;
    if (const auto warning = runtime.key_in_the_clear(); !warning.empty()) complain(warning);
    files::InputOrder order;
    auto source = files::FileSource::open(*inputs, std::move(finished), order);
    if (!source) return refuse(source.error());
    auto sink = files::FileSink::open({options.output, dead_letters, options.resume}, order);
    if (!sink) return refuse(sink.error());

    std::unique_ptr<Progress> progress;
    const auto on_event = [&, to_log = log_events(log)](const pipeline::Event& event) {
        if (std::holds_alternative<pipeline::PartitionsAssigned>(event)) return;  // files, not news
        if (progress) progress->clear();
        to_log(event);
    };
    const auto worker = runtime.make_worker(**source, **sink, on_event);
    if (!options.quiet) {
        progress = std::make_unique<Progress>(runtime.clock, settings.pipeline.limits.requests_per_minute,
                                              [&] { return Progress::Now{(*source)->progress(), &worker->stats()}; });
    }
    bool interrupted = false;
    const Result<> outcome = runtime.run(*worker, [&] {
        interrupted = true;
        if (progress) progress->clear();
        complain("finishing what is in flight; interrupt again to stop at once");
    });
    if (progress) progress->finish();
    if (!outcome) return refuse(outcome.error());
    if (interrupted) {
        complain("interrupted: go on with the same command and --resume");
        return failed;
    }
    const auto& dead = worker->stats().dead_letters;
    const auto count = std::accumulate(dead.begin(), dead.end(), std::uint64_t{0});
    if (count == 0) return done;
    complain(std::to_string(count) + " documents were dead-lettered: see " + dead_letters);
    return some_dead_lettered;
}

}  // namespace

void add_label(CLI::App& app, Action& chosen) {
    auto* command =
        app.add_subcommand("label", "The same pipeline on files: JSONL, CSV, text, CoNLL, or - for standard input");
    auto options = std::make_shared<Options>();
    command->add_option("INPUT", options->inputs, "Files to label; - is standard input")->required();
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
    command
        ->add_option("--input-format", options->format, "jsonl|csv|text|conll, where the file's name does not say it")
        ->check(CLI::IsMember({"jsonl", "csv", "text", "conll"}))
        ->type_name("FORMAT");
    command->add_flag("--resume", options->resume, "Go on where an interrupted run with the same output stopped");
    command->add_flag("-q,--quiet", options->quiet, "No progress on standard error");
    command->callback([options, &chosen] {
        chosen = [options] {
            auto settings = options->config.load({.model = true, .input = false, .output = false});
            return settings ? label(*options, std::move(*settings)) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
