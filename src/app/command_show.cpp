#include "app/choice.hpp"
#include "app/colour.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/dry_run.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"

#include <prelabel/base/indented_json.hpp>
#include <prelabel/base/printable.hpp>
#include <prelabel/base/redaction.hpp>
#include <prelabel/evaluation/marked_text.hpp>
#include <prelabel/files/labeled_document.hpp>

#include <iostream>
#include <memory>
#include <unistd.h>

namespace prelabel::app {
namespace {

constexpr std::size_t shown_by_default = 5;
constexpr std::size_t count_max = 1'000'000'000;  // the parser takes -1 for more than that

struct Options {
    ConfigOption config;
    InputOption documents;
    std::size_t count = shown_by_default;
    Colour colour = Colour::automatic;
    bool prompt = false;
};

/// Two blanks before every line that is not empty.
std::string indented(const std::string& text) {
    std::string out;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && c != '\n') out += "  ";
        line_begins = c == '\n';
        out += c;
    }
    return out;
}

// ---- Records

void print_buried(const files::LabeledDocument& letter, evaluation::Marker& marker) {
    std::string out = marker.strong(letter.id) + "  " + marker.soft("dead letter: " + printable(letter.buried->reason));
    out += "\n  " + marker.soft(printable(letter.buried->message)) + '\n';
    out += indented(printable(letter.text.value_or(""))) + '\n';
    std::cout << out << '\n';
}

void print(const files::LabeledDocument& document, evaluation::Marker& marker) {
    if (document.buried) return print_buried(document, marker);
    std::string out = marker.strong(document.id);
    if (!document.status.empty()) out += "  " + marker.soft(document.status);
    if (!document.has_entities) out += "  " + marker.soft("not labeled");
    out += '\n';
    if (document.text)
        out += indented(marker.mark(*document.text, document.entities));
    else
        out += "  " + marker.soft("the record holds no text; entities: " + std::to_string(document.entities.size()));
    out += '\n';
    for (const auto& one : document.set_aside)
        out += "  " + marker.soft("set aside:") + ' ' + marker.label(one.label) + ' ' +
               printable('"' + one.text + '"') + ' ' + marker.soft('(' + one.reason + ')') + '\n';
    std::cout << out << '\n';
}

/// Until so many are shown or nobody reads on (`| head`).
int show_records(const Options& options) {
    evaluation::Marker marker(in_colour(options.colour, STDOUT_FILENO));
    std::size_t left = options.count;
    std::string empty;
    for (const auto& path : options.documents.named) {
        if (const auto format = files::format_of(path); format && files::is_table(*format))
            return refuse({Fault::config, path + ": has no labels to show; with --prompt its requests are shown"});
        auto reader = files::LabeledReader::open(path, evaluation::TagScheme::lenient);
        if (!reader) return refuse(reader.error());
        while (left > 0 && std::cout) {
            const auto document = reader->next();
            if (!document) return refuse(document.error());
            if (!*document) break;
            print(**document, marker);
            std::cout.flush();
            --left;
        }
        empty = path;
    }
    if (left == options.count) complain(empty + ": holds no records to show");
    return done;
}

// ---- Prompts

/// Shows what would be sent for a document.
class PromptPrinter {
public:
    PromptPrinter(const DryRun& dry_run, bool coloured) : dry_run_(dry_run), marker_(coloured) {}

    void print(const labeling::Document& document) {
        const llm::Message turn = dry_run_.turn(document.text);
        std::string out = marker_.strong(document.id) + '\n';
        out += "POST " + dry_run_.url() + "\n\n";
        out += printable_json(indented_json(dry_run_.body(turn))) + "\n\n";
        for (const auto& said : dry_run_.plan().prompt.preamble()) out += readable(said);
        out += readable(turn);
        std::cout << redacted(out) << std::flush;
    }

    /// A record without a document is not sent.
    void print_unreadable(const Origin& origin, const std::string& problem) {
        std::cout << marker_.strong(origin.name()) << '\n'
                  << "  " << marker_.soft("is not sent, and becomes a dead letter: " + problem) << "\n\n"
                  << std::flush;
    }

private:
    std::string readable(const llm::Message& turn) {
        const char* speaker = turn.role == llm::Role::system ? "system"
                              : turn.role == llm::Role::user ? "user"
                                                             : "assistant";
        return marker_.soft(std::string("── ") + speaker + " ──") + '\n' + indented(printable(turn.content)) + "\n\n";
    }

    const DryRun& dry_run_;
    evaluation::Marker marker_;
};

int show_prompts(const Options& options, config::Settings settings) {
    auto dry_run = DryRun::make(options.documents, std::move(settings));
    if (!dry_run) return refuse(dry_run.error());
    PromptPrinter printer(*dry_run, in_colour(options.colour, STDOUT_FILENO));
    for (std::size_t left = options.count; left > 0 && std::cout; --left) {
        const auto next = dry_run->next();
        if (!next) return refuse(next.error());
        if (!*next) break;
        if (const auto* document = std::get_if<labeling::Document>(&(*next)->document))
            printer.print(*document);
        else
            printer.print_unreadable((*next)->origin, std::get<labeling::Unreadable>((*next)->document).problem);
    }
    return done;
}

}  // namespace

void add_show(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("show", "A few records with their entities marked; or what would be sent");
    auto options = std::make_shared<Options>();
    options->documents.add_to(*command, options->config,
                              "Records or gold (JSONL, tagged CoNLL); with --prompt documents to label");
    command->add_option("-n", options->count, "How many")
        ->check(CLI::Range(std::size_t{1}, count_max))
        ->type_name("N")
        ->capture_default_str();
    command->add_flag("--prompt", options->prompt, "Print the requests that would be sent, and call nobody");
    options->config.add_to(*command);
    add_choice(*command, "--color", options->colour, "Whether labels have colours (default auto: on a terminal)");
    command->callback([options, &chosen] {
        chosen = [options] {
            if (!options->prompt) return show_records(*options);
            auto settings = options->config.load({.model = true, .input = false, .output = false});
            return settings ? show_prompts(*options, std::move(*settings)) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
