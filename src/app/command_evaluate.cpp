#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/numerals.hpp"

#include <prelabel/evaluation/render.hpp>
#include <prelabel/files/evaluate_files.hpp>

#include <iostream>
#include <memory>

namespace prelabel::app {
namespace {

using evaluation::ReportFormat;

struct Options {
    files::EvaluateOptions evaluate;
    ReportFormat format = ReportFormat::table;
    std::size_t errors = 0;
};

std::string having(std::size_t count, const std::string& noun) {
    return counted(count, noun) + (count == 1 ? " has" : " have");
}

int evaluate(const Options& options) {
    if (options.evaluate.errors && options.format != ReportFormat::table && options.format != ReportFormat::markdown) {
        complain("--errors is for people to read: it goes with --format table or markdown");
        return wrong_usage;
    }
    const auto evaluation = files::evaluate_files(options.evaluate);
    if (!evaluation) return refuse(evaluation.error());
    std::cout << evaluation::render(evaluation->report, options.format);
    if (!evaluation->errors.empty()) std::cout << '\n' << evaluation->errors;
    for (const auto& warning : evaluation->warnings) complain(warning);
    if (evaluation->without_prediction > 0)
        complain(having(evaluation->without_prediction, "gold document") + " no prediction and counted as empty");
    if (const auto ignored = evaluation->without_gold; ignored > 0)
        complain(having(ignored, "prediction") + " no gold document and " + (ignored == 1 ? "was" : "were") +
                 " ignored");
    return done;
}

}  // namespace

void add_evaluate(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("evaluate", "Precision, recall and F1 per class, against gold");
    auto options = std::make_shared<Options>();
    command->add_option("--gold", options->evaluate.gold, "What is right: CoNLL or JSONL")
        ->required()
        ->type_name("FILE");
    command->add_option("--pred", options->evaluate.predicted, "What was found: CoNLL, JSONL or prelabel's output")
        ->required()
        ->type_name("FILE");
    add_choice(*command, "--mode", options->evaluate.mode, "What counts as found (default strict)");
    add_choice(*command, "--level", options->evaluate.level, "What is counted (default entity)");
    add_choice(*command, "--tags", options->evaluate.tags, "How CoNLL tags are read (default lenient)");
    add_choice(*command, "--format", options->format, "How the report looks (default table)");
    command->add_flag("--missing-as-empty", options->evaluate.missing_as_empty,
                      "Gold documents without a prediction count as documents in which nothing was found");
    auto* errors = command
                       ->add_option("--errors", options->errors,
                                    "List the first N entities that were missed, invented, confused or cut, with the "
                                    "text around them (default 20)")
                       ->type_name("[=N]")
                       ->expected(0, 1)
                       ->default_str("20");
    command->callback([options, errors, &chosen] {
        if (errors->count() > 0) options->evaluate.errors = options->errors;
        chosen = [options] { return evaluate(*options); };
    });
}

}  // namespace prelabel::app
