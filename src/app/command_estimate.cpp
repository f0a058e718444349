#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/document_stream.hpp"
#include "app/estimate_report.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"

#include <prelabel/pipeline/labeling_plan.hpp>
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

/// What is sent for a text.
class Requests {
public:
    Requests(const config::Settings& settings, const pipeline::LabelingPlan& plan)
        : plan_(plan), codec_(settings.endpoint.model) {}

    [[nodiscard]] pipeline::TextSize size(std::string_view text) const {
        const llm::Message turn{llm::Role::user, plan_.prompt.document_turn(text)};
        return pipeline::TextSize::of(codec_.encode(plan_.form, {&turn, 1}));
    }

private:
    const pipeline::LabelingPlan& plan_;
    llm::Codec codec_;
};

/// Takes in the records of an earlier output. Errors: Fault::config for what is no output, or one of another task.
Result<> measure(const std::string& path, const std::string& task_version, const Requests& requests,
                 pipeline::JobEstimator& estimator) {
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
        estimator.measured(pipeline::TextSize::of(record->text), requests.size(record->text), record->usage);
    }
}

int estimate(const Options& options, config::Settings settings) {
    const auto inputs = options.documents.find();
    if (!inputs) return refuse(inputs.error());
    settings.document.format = labeling::InputFormat::json;  // which readers of files make
    const auto plan = pipeline::LabelingPlan::make(
        {settings.task, settings.document, settings.endpoint.model, settings.output.max_record_bytes});
    if (!plan) return refuse(plan.error());
    const Requests requests(settings, **plan);
    pipeline::JobEstimator estimator(
        {settings.endpoint.limits, settings.endpoint.price, settings.endpoint.model.max_output_tokens});
    if (!options.earlier.empty()) {
        const auto measured = measure(options.earlier, (*plan)->task_version, requests, estimator);
        if (!measured) return refuse(measured.error());
    }
    DocumentStream documents(*inputs, settings.document, read_options(settings));
    for (;;) {
        const auto next = documents.next();
        if (!next) return refuse(next.error());
        if (!*next) break;
        if (const auto* document = std::get_if<labeling::Document>(&(*next)->document))
            estimator.add(pipeline::TextSize::of(document->text), requests.size(document->text));
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
