#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"
#include "app/numerals.hpp"

#include <prelabel/async/task_group.hpp>
#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/files/record_reader.hpp>
#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/kafka_sink.hpp>
#include <prelabel/kafka/missing.hpp>
#include <prelabel/labeling/document_reader.hpp>

#include <memory>
#include <optional>

namespace prelabel::app {
namespace {

constexpr std::size_t writes_under_way_max = 2'000;

struct Options {
    ConfigOption config;
    InputOption inputs;
};

files::ReadOptions options_of(const files::Input& input, const config::Settings& settings) {
    auto options = read_options(settings);
    options.called = input.called;
    return options;
}

/// What can be known before anything is sent: properties, files, brokers and the topic.
Result<> check(const std::vector<files::Input>& inputs, const config::Settings& settings) {
    if (auto valid = kafka::validate(settings.input); !valid) return valid.error();
    for (const auto& input : inputs) {
        const auto first = files::RecordReader::try_out(input.path, input.format, options_of(input, settings));
        if (!first) return first.error();
    }
    const auto missing = kafka::missing_of(settings.input);
    if (!missing.empty()) return Error{Fault::dependency, missing.front()};
    return {};
}

/// Loads files into the input topic, a bounded number of records at a time.
class Loader {
public:
    Loader(async::Executor executor, kafka::KafkaSink& sink, const config::Settings& settings)
        : settings_(settings), documents_(from_files(settings)), sink_(sink), writes_(executor) {}

    [[nodiscard]] async::Coroutine<> load(std::vector<files::Input> inputs) {
        for (const auto& input : inputs) {
            if (error_) break;
            co_await load_one(input);
        }
        co_await writes_.join();
        co_await sink_.close(TimePoint::max());  // every write was waited for
    }

    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] std::size_t written() const { return written_; }
    [[nodiscard]] std::size_t without_document() const { return without_document_; }

private:
    static labeling::InputSettings from_files(const config::Settings& settings) {
        labeling::InputSettings input = settings.document;
        input.format = labeling::InputFormat::json;  // which readers make; the text is taken out of it
        input.pass = {};
        return input;
    }

    async::Coroutine<> load_one(files::Input input) {
        auto reader = files::RecordReader::open(input.path, input.format, options_of(input, settings_));
        if (!reader) {
            error_ = reader.error();
            co_return;
        }
        while (!error_) {
            auto record = reader->next();
            if (!record) {
                error_ = record.error();
                break;
            }
            if (!*record) break;
            writes_.spawn(write(as_input(std::move(**record))));
            if (writes_.running() >= writes_under_way_max) co_await writes_.join();
        }
    }

    /// As the worker will read it, keyed by the document's id so that one document keeps its partition.
    pipeline::Output as_input(Record record) {
        pipeline::Output output;
        auto read = documents_.read(record);
        const bool broken = !record.headers.empty();  // a reader's only header says why
        if (auto* document = broken ? nullptr : std::get_if<labeling::Document>(&read)) {
            output.key = std::move(document->id);
            if (settings_.document.format == labeling::InputFormat::text) record.value = std::move(document->text);
        } else {
            ++without_document_;  // sent all the same: the worker dead-letters it with its reason
        }
        output.value = std::move(*record.value);
        output.headers = std::move(record.headers);
        return output;
    }

    async::Coroutine<> write(pipeline::Output output) {
        const Result<> written = co_await sink_.write(std::move(output));
        if (written) {
            ++written_;
        } else if (!error_) {
            error_ = written.error();
        }
    }

    const config::Settings& settings_;
    labeling::DocumentReader documents_;
    kafka::KafkaSink& sink_;
    async::TaskGroup writes_;
    std::optional<Error> error_;
    std::size_t written_ = 0;
    std::size_t without_document_ = 0;
};

int produce(const Options& options, const config::Settings& settings) {
    const auto inputs = options.inputs.find();
    if (!inputs) return refuse(inputs.error());
    if (const auto ready = check(*inputs, settings); !ready) return refuse(ready.error());
    boost::asio::io_context loop{1};
    async::WheelClock clock(loop.get_executor());
    auto sink = kafka::KafkaSink::create(loop.get_executor(), clock, kafka::loading_into(settings.input),
                                         [](const kafka::Notice& notice) {
                                             if (notice.severity >= kafka::Severity::warning) complain(notice.text);
                                         });
    if (!sink) return refuse(sink.error());
    Loader loader(loop.get_executor(), **sink, settings);
    async::TaskGroup main(loop.get_executor());
    main.spawn(loader.load(*inputs));
    while (main.running() > 0) loop.run_one();
    complain(counted(loader.written(), "document") + " written to " + settings.input.topic);
    if (loader.without_document() > 0)
        complain(in_thousands(loader.without_document()) + " of them hold no document at " + settings.document.text +
                 ": the worker will dead-letter them; check input.text and input.format");
    return loader.error() ? refuse(*loader.error()) : static_cast<int>(done);
}

}  // namespace

void add_produce(CLI::App& app, Action& chosen) {
    auto* command = app.add_subcommand("produce", "Loads documents from files into the input topic");
    auto options = std::make_shared<Options>();
    options->inputs.add_to(*command, options->config, "Files, folders or globs to load; - is standard input");
    options->config.add_to(*command);
    command->callback([options, &chosen] {
        chosen = [options] {
            const auto settings = options->config.load({.model = false, .input = true, .output = false});
            return settings ? produce(*options, *settings) : static_cast<int>(wrong_usage);
        };
    });
}

}  // namespace prelabel::app
