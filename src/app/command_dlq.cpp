#include "app/choice.hpp"
#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/dead_letter_classes.hpp"
#include "app/dlq_report.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"
#include "app/numerals.hpp"

#include <prelabel/kafka/batch_writer.hpp>
#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/topic_scan.hpp>
#include <prelabel/pipeline/letter.hpp>

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::app {
namespace {

constexpr std::size_t batch_records_max = 500;
constexpr std::size_t batch_bytes_max = 8U << 20U;
/// The instance under whose name dead letters are sent again: of two at once, the later shuts out the earlier.
constexpr const char* instance = "redrive";

enum class DlqAction { list, redrive };
constexpr auto enum_names(DlqAction) {
    return std::to_array<EnumName<DlqAction>>({{DlqAction::list, "list"}, {DlqAction::redrive, "redrive"}});
}

struct Options {
    ConfigOption config;
    DlqAction action = DlqAction::list;
    DlqFormat format = DlqFormat::table;
    std::string classes;
    bool all = false;
    std::string task_version;
    std::string model;
    std::size_t limit = 0;  ///< none
    bool dry_run = false;

    [[nodiscard]] bool chooses(const pipeline::LetterKind& kind) const {
        return (chosen_.empty() || chosen_.contains(kind.reason)) &&
               (task_version.empty() || task_version == kind.task_version) && (model.empty() || model == kind.model);
    }
    void understand() {
        if (!classes.empty()) chosen_ = named_classes(classes);
    }

private:
    std::set<std::string> chosen_;
};

volatile std::sig_atomic_t interruption = 0;

/// The first Ctrl-C ends it between two batches; the second ends the process.
void end_when_interrupted() {
    struct sigaction action {};
    action.sa_handler = [](int) { interruption = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

/// Sends documents back to the input topic, each with its mark on the dead-letter topic.
class Redrive {
public:
    /// With transactions both are there or neither; without them the document is there first.
    static Result<Redrive> begin(const config::Settings& settings, const kafka::OutputSettings& letters) {
        kafka::OutputSettings documents = kafka::loading_into(settings.input, input_record_bytes_max(settings));
        Redrive made;
        if (settings.delivery == config::Delivery::exactly_once) {
            documents.dead_letter_topic = letters.dead_letter_topic;
            documents.properties.erase("message.timeout.ms");  // a transaction has its own
            documents = kafka::transactional(settings.input, std::move(documents), instance);
        } else {
            auto marks = kafka::BatchWriter::create(letters);
            if (!marks) return marks.error();
            made.marks_ = std::move(*marks);
        }
        auto both = kafka::BatchWriter::create(documents);
        if (!both) return both.error();
        made.documents_ = std::move(*both);
        return made;
    }

    /// Errors: as BatchWriter::write(), when a batch was full.
    Result<> add(Record letter) {
        bytes_ += letter.bytes();
        marks_waiting_.push_back(pipeline::mark_of_letter(
            letter, std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())));
        documents_waiting_.push_back(pipeline::document_of_letter(std::move(letter)));
        return documents_waiting_.size() >= batch_records_max || bytes_ >= batch_bytes_max ? flush() : Result<>();
    }

    Result<> flush() {
        auto documents = std::exchange(documents_waiting_, {});
        auto marks = std::exchange(marks_waiting_, {});
        bytes_ = 0;
        if (documents.empty()) return {};
        const std::size_t count = documents.size();
        if (!marks_)
            documents.insert(documents.end(), std::make_move_iterator(marks.begin()),
                             std::make_move_iterator(marks.end()));
        if (auto written = documents_->write(documents); !written) return written;
        if (marks_)
            if (auto written = marks_->write(marks); !written) return written;
        sent_ += count;
        return {};
    }

    [[nodiscard]] std::size_t sent() const { return sent_; }
    [[nodiscard]] std::size_t taken() const { return sent_ + documents_waiting_.size(); }

private:
    std::unique_ptr<kafka::BatchWriter> documents_;
    std::unique_ptr<kafka::BatchWriter> marks_;  ///< where there are no transactions
    std::vector<pipeline::Output> documents_waiting_;
    std::vector<pipeline::Output> marks_waiting_;
    std::size_t bytes_ = 0;
    std::size_t sent_ = 0;
};

Result<pipeline::LetterBook> read_letters(const kafka::TopicToScan& from) {
    pipeline::LetterBook book;
    const auto read = kafka::scan_topic(from, [&](const Record& record) {
        book.add(record);
        return true;
    });
    if (!read) return read.error();
    if (book.others() > 0)
        complain(counted(book.others(), "record") + " of " + from.topic + " are no dead letters and were passed over");
    return book;
}

int list(const Options& options, const kafka::TopicToScan& from) {
    const auto book = read_letters(from);
    if (!book) return refuse(book.error());
    auto groups = book->groups();
    std::erase_if(groups, [&](const auto& group) { return !options.chooses(group.first); });
    std::cout << dlq_report(from.topic, groups, options.format) << std::flush;
    return done;
}

/// What is chosen and open, and how many of these have no value to send.
struct Chosen {
    std::size_t open = 0;
    std::size_t incomplete = 0;
};

Chosen chosen_of(const Options& options, const pipeline::LetterBook& book) {
    Chosen chosen;
    for (const auto& [kind, group] : book.groups()) {
        if (!options.chooses(kind)) continue;
        chosen.open += group.open;
        chosen.incomplete += group.incomplete;
    }
    return chosen;
}

int end(const std::string& said, const Chosen& chosen) {
    complain(said);
    if (chosen.incomplete == 0) return done;
    complain(in_thousands(chosen.incomplete) +
             " have no value: it was empty, or their topic refused them with it; load these from where they came");
    return some_dead_lettered;
}

int redrive(const Options& options, const config::Settings& settings, const kafka::OutputSettings& letters,
            const kafka::TopicToScan& from) {
    if (options.dry_run) {
        const auto book = read_letters(from);
        if (!book) return refuse(book.error());
        const auto chosen = chosen_of(options, *book);
        auto would = chosen.open - chosen.incomplete;
        if (options.limit > 0) would = std::min(would, options.limit);
        return end("would send " + counted(would, "document") + " to " + settings.input.topic, chosen);
    }
    // Before the topic is read: whoever was at it until now is shut out, and all its marks are there.
    auto way = Redrive::begin(settings, letters);
    if (!way) return refuse(way.error());
    const auto book = read_letters(from);
    if (!book) return refuse(book.error());
    end_when_interrupted();
    Result<> sent;
    auto read = kafka::scan_topic(from, [&](Record record) {
        if (interruption != 0 || (options.limit > 0 && way->taken() >= options.limit)) return false;
        const auto letter = pipeline::read_letter(record);
        if (!letter || !letter->whole || !options.chooses(letter->kind) || book->is_redriven(record.origin))
            return true;
        sent = way->add(std::move(record));
        return sent.has_value();
    });
    if (read && sent && interruption == 0) sent = way->flush();
    const std::string said = counted(way->sent(), "document") + " sent to " + settings.input.topic;
    if (!sent || !read) {
        complain(said + ", and then it failed; the same command goes on where it ended");
        return refuse(!sent ? sent.error() : read.error());
    }
    if (interruption != 0) {
        complain(said + "; interrupted: the same command goes on with the others");
        return interrupted;
    }
    return end(said, chosen_of(options, *book));
}

int dlq(Options& options) {
    options.understand();
    if (options.action == DlqAction::redrive && options.classes.empty() && !options.all) {
        complain("which? --class CLASS[,CLASS...], or --all; `prelabel dlq list` shows what there is");
        return wrong_usage;
    }
    const auto settings = options.config.load({.model = false, .input = true, .output = true});
    if (!settings) return wrong_usage;
    const auto letters = kafka::with_connection_of(settings->input, settings->output);
    if (auto valid = kafka::validate(settings->input); !valid) return refuse(valid.error());
    if (auto valid = kafka::validate(letters); !valid) return refuse(valid.error());
    const bool own = letters.brokers != settings->input.brokers;
    kafka::TopicToScan from{letters.brokers, letters.dead_letter_topic,
                            own ? letters.properties : settings->input.properties, own ? "output.kafka" : "input.kafka",
                            settings->input.group};
    from.properties.erase("isolation.level");  // of aborted transactions neither letters nor marks count
    return options.action == DlqAction::list ? list(options, from) : redrive(options, *settings, letters, from);
}

}  // namespace

void add_dlq(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("dlq", "Dead letters: lists them by kind, or sends their documents again");
    auto options = std::make_shared<Options>();
    const auto actions = enum_words<DlqAction>();
    command
        ->add_option_function<std::string>(
            "ACTION", [options](const std::string& word) { options->action = from_string<DlqAction>(word).value(); },
            "list prints them by class, task and model; redrive sends their documents to the input topic again")
        ->required()
        ->check(CLI::IsMember(std::set<std::string>(actions.begin(), actions.end())));
    options->config.add_to(*command);
    auto* classes =
        command->add_option("--class", options->classes, "Only these classes, with commas between them; see `list`")
            ->type_name("CLASS,...")
            ->check(CLI::Validator(wrong_classes, ""));
    command->add_flag("--all", options->all, "redrive: whatever their class")->excludes(classes);
    command->add_option("--task-version", options->task_version, "Only those of this version of the task")
        ->type_name("VERSION");
    command->add_option("--model", options->model, "Only those of this model")->type_name("MODEL");
    command->add_option("--limit", options->limit, "redrive: at most N documents")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    command->add_flag("--dry-run", options->dry_run, "redrive: only say how many it would send");
    add_choice(*command, "--format", options->format, "How the list looks (default table)");
    command->callback([options, &chosen] { chosen = [options] { return dlq(*options); }; });
}

}  // namespace prelabel::app
