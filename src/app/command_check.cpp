#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/numerals.hpp"
#include "app/runtime.hpp"
#include "app/sample_finding.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/redaction.hpp>
#include <prelabel/base/shell_word.hpp>
#include <prelabel/journal/system_disk.hpp>
#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/probe.hpp>
#include <prelabel/llm/advice.hpp>
#include <prelabel/llm/cost.hpp>
#include <prelabel/llm/request_shape.hpp>
#include <prelabel/llm/strict_subset.hpp>
#include <prelabel/pipeline/ruling.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <sys/stat.h>

namespace prelabel::app {
namespace {

constexpr std::chrono::milliseconds broker_timeout{10'000};
constexpr std::string_view sample_text = "Nothing to label.";

struct Options {
    ConfigOption config;
    bool online = false;
};

/// Findings, printed as they come, secrets replaced.
class Report {
public:
    void add(const std::string& what, bool ok, const std::string& fix = {}) {
        print(ok ? "ok    " : "FAIL  ", what);
        if (!ok && !fix.empty()) print("      ", fix);
        all_ok_ &= ok;
    }
    /// With who can fix it.
    template <class T>
    void add(const std::string& what, const Result<T>& outcome) {
        add(what, outcome.has_value(), outcome ? "" : outcome.error().message);
        only_machine_ &= outcome || outcome.error().fault != Fault::config;
    }
    void add(const SampleFinding& finding) {
        if (finding.severity == SampleFinding::Severity::warning) return warn(finding.what);
        add(finding.what, finding.severity == SampleFinding::Severity::ok, finding.fix);
    }
    void warn(const std::string& what) { print("warn  ", what); }
    /// Before what may take a while.
    void begins(const std::string& what) { print("...   ", what); }
    [[nodiscard]] bool all_ok() const { return all_ok_; }
    /// Nothing is wrong but what this machine may have in a moment: a file that is not there yet.
    [[nodiscard]] bool only_machine() const { return only_machine_; }

private:
    /// Also a reader of a pipe sees each line at once.
    static void print(const char* mark, const std::string& what) {
        std::cout << mark << redacted(what) << '\n' << std::flush;
    }

    bool all_ok_ = true;
    bool only_machine_ = true;
};

/// The provider's own sentence, which is about our sample document and nobody's data.
std::string quoted(const llm::CallFailure& failure) {
    std::string line = llm::own_words(failure);
    if (line.empty()) return {};
    std::ranges::replace_if(line, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
    return " (\"" + line + "\")";
}

async::Coroutine<> ask(Runtime* runtime, pipeline::Body body, std::optional<llm::CallOutcome>* answer) {
    const TimePoint deadline = runtime->clock.now() + runtime->settings.endpoint.call_timeout;
    answer->emplace(co_await runtime->model->call(std::move(body), deadline));
    runtime->loop.stop();
}

/// One real, tiny request: the only way to know that key, model and response format go together, and whether what comes
/// back is an answer. Like a worker, this sends it again without what the model does not take.
void check_model(const config::Settings& settings, Runtime& runtime, Report& report) {
    const auto& plan = runtime.plan();
    const llm::Codec codec(settings.endpoint.model);
    llm::RequestShape shape(settings.endpoint.model);
    const std::vector<llm::Message> turns{{llm::Role::user, plan.prompt.document_turn(sample_text)}};
    const std::string name = "model " + settings.endpoint.model.model + " at " + settings.endpoint.model.base_url;
    for (;;) {
        report.begins("asking " + name);
        std::optional<llm::CallOutcome> answer;
        auto body = std::make_shared<const std::string>(codec.encode(plan.form, shape.settings(), turns));
        boost::asio::co_spawn(runtime.loop.get_executor(), ask(&runtime, std::move(body), &answer),
                              [](const std::exception_ptr& error) { expects(!error, "a call does not throw"); });
        runtime.loop.restart();
        runtime.loop.run();
        auto* failure = std::get_if<llm::CallFailure>(&*answer);
        if (failure == nullptr) {
            report.add(name + " answers", true);
            const auto& completion = std::get<llm::Completion>(*answer);
            return report.add(of_answer(pipeline::ruling_on(*plan.kind, sample_text, completion), completion,
                                        settings.pipeline.retry));
        }
        auto [verdict, key] = shape.refused(*failure, shape.version());
        if (verdict != llm::RequestShape::Verdict::changed) {
            if (!key.empty()) failure->key = std::move(key);
            return report.add(name + ": " + failure->message + quoted(*failure), false, llm::advice(*failure));
        }
        report.warn(name + ": " + llm::sentence_of(shape.changes().back()));
    }
}

/// Why the provider is not asked to enforce the user's own schema, where it is sent.
std::optional<std::string> sent_without_strict(const config::Settings& settings) {
    const bool is_sent = settings.endpoint.model.response_format == llm::ResponseFormat::json_schema;
    if (!is_sent || settings.task.own_schema.empty()) return std::nullopt;
    return llm::outside_strict_subset(settings.task.own_schema);
}

/// Labels that are one to a model that does not mind case; empty where there are none.
std::string nearly_equal_labels(const labeling::Task& task) {
    std::map<std::string, std::string> seen;
    for (const auto& label : task.labels)
        if (const auto [other, added] = seen.emplace(lowered(label.name), label.name); !added)
            return "labels `" + other->second + "` and `" + label.name +
                   "` differ in case only, and models mix such labels up; rename one";
    return {};
}

/// Who else may read the file with the key; empty where that is nobody, or there is no file.
std::string open_key_file(const std::string& path) {
    struct stat about {};
    if (path.empty() || ::stat(path.c_str(), &about) != 0 || (about.st_mode & S_IROTH) == 0) return {};
    return "llm.api_key.file: every user of this machine can read " + path + "; chmod 600 " + shell_quoted(path);
}

int check(const Options& options) {
    // A configuration without Kafka serves `label`; one that begins to name brokers or topics has to be whole.
    auto settings = options.config.load({.model = true, .input = false, .output = false});
    if (!settings) return wrong_usage;
    const bool with_kafka =
        !settings->input.brokers.empty() || !settings->input.topic.empty() || !settings->output.topic.empty();
    if (with_kafka) settings = options.config.load({});
    if (!settings) return wrong_usage;
    Report report;
    report.add("configuration " + *options.config.find(), true);
    report.add("task " + settings->task.name + ", version " + settings->task.version() + ", " +
                   counted(settings->task.labels.size(), "label") + ", " +
                   counted(settings->task.examples.size(), "example"),
               true);
    if (const auto warning = nearly_equal_labels(settings->task); !warning.empty()) report.warn(warning);
    if (const auto warning = open_key_file(settings->endpoint.api_key.file); !warning.empty()) report.warn(warning);
    auto input = settings->input;
    auto output = kafka::with_connection_of(input, settings->output);
    input.await_transactions = settings->delivery == config::Delivery::exactly_once;
    if (input.await_transactions)
        output = kafka::transactional(input, std::move(output), settings->transactions.instance);
    if (with_kafka) {
        report.add("input.kafka", kafka::validate(input));
        report.add("output.kafka", kafka::validate(output));
    } else {
        report.add("no Kafka is configured: good for `prelabel label`, not for `run` and `produce`", true);
    }
    if (const auto why = sent_without_strict(*settings))
        report.add("the task's schema is sent without \"strict\", and answers are held against it here: " + *why, true);
    if (!settings->journal.path.empty())
        report.add("journal " + settings->journal.path, journal::SystemDisk::check(settings->journal.path));
    auto runtime = Runtime::make(*settings);
    report.add("answer schema, key, model address and open files", runtime);
    if (!report.all_ok()) return report.only_machine() ? failed : wrong_usage;
    if (const auto finding = of_nothing_found(settings->task, *(*runtime)->plan().kind)) report.add(*finding);
    if (!report.all_ok()) return wrong_usage;
    if (const auto warning = (*runtime)->key_in_the_clear(); !warning.empty()) report.warn(warning);
    if (!llm::is_known(settings->endpoint.price))
        report.warn("cost is unknown: llm.price says what a million tokens cost, in US dollars");
    if (!options.online) return done;

    if (with_kafka) {
        report.begins("asking the brokers " + settings->input.brokers);
        kafka::probe(settings->input, output, broker_timeout,
                     [&](const kafka::Finding& finding) { report.add(finding.what, finding.ok, finding.fix); });
    }
    check_model(*settings, **runtime, report);
    return report.all_ok() ? done : failed;
}

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("check", "Checks configuration, task and schema; says what to fix");
    auto options = std::make_shared<Options>();
    options->config.add_to(*command);
    command->add_flag(
        "--online", options->online,
        "Also ask the brokers (topics, permissions) and the model (one tiny request, which costs a few tokens)");
    command->callback([options, &chosen] { chosen = [options] { return check(*options); }; });
}

}  // namespace prelabel::app
