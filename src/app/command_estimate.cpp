#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/dry_run.hpp"
#include "app/estimate_report.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"

#include <prelabel/pipeline/job_estimate.hpp>
#include <prelabel/record/annotation_reader.hpp>

#include <iostream>
#include <memory>

namespace prelabel::app {
namespace {

enum class Format { table, json };
constexpr auto enum_names(Format) {
    return std::to_array<EnumName<Format>>({{Format::table, "table"}, {Format::json, "json"}});
}

struct Options {
    ConfigOption config;
    InputOption documents;
    std::string earlier;
    Format format = Format::table;
};

/// Of the request that asks about a text.
pipeline::TextSize request_size(const DryRun& dry_run, std::string_view text) {
    return pipeline::TextSize::of(dry_run.body(dry_run.turn(text)));
}

/// Takes in the records of an earlier output. Errors: Fault::config for what is no output, or one of another task.
Result<> measure(const std::string& path, const DryRun& dry_run, pipeline::JobEstimator& estimator) {
    const std::string& task_version = dry_run.plan().task_version;
    auto reader = files::RecordReader::open(path, files::FileFormat::jsonl);
    if (!reader) return reader.error();
    for (std::size_t records = 0;; ++records) {
        const auto line = reader->next();
        if (!line) return line.error();
        if (!*line && records == 0) return Error{Fault::config, path + ": holds no records to measure (--from)"};
        if (!*line) return {};
        const std::string place = path + ", record " + std::to_string((*line)->origin.offset + 1) + ": ";
        const auto record = record::read_annotation((*line)->value.value_or(""));
        if (!record) return Error{Fault::config, place + "is no output of prelabel: " + record.error().message};
        if (record->task_version != task_version)
            return Error{Fault::config, place + "was made by another task (version " + record->task_version +
                                            ", now it is " + task_version + "); its tokens say nothing about this one"};
        if (record->status == record::Status::text_dropped) continue;
        estimator.measured(pipeline::TextSize::of(record->text), request_size(dry_run, record->text), record->usage);
    }
}

int estimate(const Options& options, config::Settings settings) {
    const config::EndpointSettings endpoint = settings.endpoint;
    auto dry_run = DryRun::make(options.documents, std::move(settings));
    if (!dry_run) return refuse(dry_run.error());
    pipeline::JobEstimator estimator({endpoint.limits, endpoint.price, endpoint.model.max_output_tokens});
    if (!options.earlier.empty()) {
        const auto measured = measure(options.earlier, *dry_run, estimator);
        if (!measured) return refuse(measured.error());
    }
    for (;;) {
        const auto next = dry_run->next();
        if (!next) return refuse(next.error());
        if (!*next) break;
        if (const auto* document = std::get_if<labeling::Document>(&(*next)->document))
            estimator.add(pipeline::TextSize::of(document->text), request_size(*dry_run, document->text));
        else
            estimator.add_unreadable();
    }
    const auto job = estimator.estimate();
    std::cout << (options.format == Format::json ? estimate_json(job) : estimate_table(job)) << std::flush;
    return done;
}

}  // namespace

void add_estimate(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("estimate", "What a run would take in tokens, money and time; calls nobody");
    auto options = std::make_shared<Options>();
    options->documents.add_to(*command, options->config, "Files that would be labeled");
    options->config.add_to(*command);
    command
        ->add_option("--from", options->earlier,
                     "Output of an earlier run of the same task: its measured tokens are used")
        ->type_name("FILE");
    add_choice(*command, "--format", options->format, "How it is printed (default table)");
    command->callback([options, &chosen] {
        chosen = [options] {
            auto settings = options->config.load({.model = true, .input = false, .output = false});
            return settings ? estimate(*options, std::move(*settings)) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
