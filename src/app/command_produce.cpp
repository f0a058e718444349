#include "app/commands.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/input_option.hpp"
#include "app/numerals.hpp"

#include <prelabel/async/task_group.hpp>
#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/base/reader_finding.hpp>
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
constexpr std::size_t bytes_under_way_max = 64U << 20;
constexpr std::size_t refusals_said_max = 10;

struct Options {
    ConfigOption config;
    InputOption inputs;
};

files::ReadOptions options_of(const files::Input& input, const config::Settings& settings) {
    auto options = read_options(settings);
    options.record_bytes_max = input_record_bytes_max(settings);
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

/// Loads files into the input topic, a bounded number of records and bytes at a time. A record that the topic refuses
/// is named and counted, and the others follow.
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
    [[nodiscard]] std::size_t refused() const { return refused_; }
    [[nodiscard]] std::size_t without_document() const { return without_document_; }
    [[nodiscard]] std::size_t too_large() const { return too_large_; }

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
            auto output = as_input(std::move(**record));
            bytes_under_way_ += output.value.size();  // a write begins later
            writes_.spawn(write(std::move(output)));
            if (writes_.running() >= writes_under_way_max || bytes_under_way_ >= bytes_under_way_max)
                co_await writes_.join();
        }
    }

    /// As the worker will read it, keyed by the document's id so that one document keeps its partition.
    pipeline::Output as_input(Record record) {
        pipeline::Output output;
        auto read = documents_.read(record);
        const bool broken = !record.headers.empty();  // a reader's only header says why
        const auto* const unreadable = std::get_if<labeling::Unreadable>(&read);
        if (auto* document = broken ? nullptr : std::get_if<labeling::Document>(&read)) {
            output.key = std::move(document->id);
            if (settings_.document.format == labeling::InputFormat::text) record.value = std::move(document->text);
        } else if ((broken && record.headers.front().name == too_large_header) ||
                   (unreadable != nullptr && unreadable->too_large)) {
            ++too_large_;  // sent all the same: the worker dead-letters it with its reason
        } else {
            ++without_document_;  // the same
        }
        output.origin = std::move(record.origin);
        output.value = std::move(*record.value);
        output.headers = std::move(record.headers);
        return output;
    }

    async::Coroutine<> write(pipeline::Output output) {
        const auto origin = output.origin;
        const auto bytes = output.value.size();
        const Result<> written = co_await sink_.write(std::move(output));
        bytes_under_way_ -= bytes;
        if (written) {
            ++written_;
        } else if (written.error().fault == Fault::input) {
            refuse_one(origin, written.error());
        } else if (!error_) {
            error_ = written.error();
        }
    }

    void refuse_one(const Origin& origin, const Error& error) {
        if (++refused_ <= refusals_said_max) complain(origin.name() + ": " + error.message);
        if (refused_ == refusals_said_max) complain("further refused records are counted only");
    }

    const config::Settings& settings_;
    labeling::DocumentReader documents_;
    kafka::KafkaSink& sink_;
    async::TaskGroup writes_;
    std::optional<Error> error_;
    std::size_t bytes_under_way_ = 0;
    std::size_t written_ = 0;
    std::size_t refused_ = 0;
    std::size_t too_large_ = 0;
    std::size_t without_document_ = 0;
};

int produce(const Options& options, const config::Settings& settings) {
    const auto inputs = options.inputs.find();
    if (!inputs) return refuse(inputs.error());
    if (const auto ready = check(*inputs, settings); !ready) return refuse(ready.error());
    boost::asio::io_context loop{1};
    async::WheelClock clock(loop.get_executor());
    auto sink = kafka::KafkaSink::create(
        loop.get_executor(), clock, kafka::loading_into(settings.input, input_record_bytes_max(settings)),
        [](const kafka::Notice& notice) {
            if (notice.severity >= kafka::Severity::warning) complain(notice.text);
        },
        kafka::SinkUse::loading);
    if (!sink) return refuse(sink.error());
    Loader loader(loop.get_executor(), **sink, settings);
    async::TaskGroup main(loop.get_executor());
    main.spawn(loader.load(*inputs));
    while (main.running() > 0) loop.run_one();
    complain(counted(loader.written(), "document") + " written to " + settings.input.topic);
    if (loader.without_document() > 0)
        complain(in_thousands(loader.without_document()) + " of them hold no document at " + settings.document.text +
                 ": the worker will dead-letter them; check input.text and input.format");
    if (loader.too_large() > 0)
        complain(
            in_thousands(loader.too_large()) +
            " of them are over input.max_document_bytes: the worker will dead-letter them; raise it, or split them");
    if (loader.refused() > 0)
        complain(counted(loader.refused(), "record") + " refused" +
                 (loader.error() ? "" : "; load only these again: all others are written"));
    if (loader.error()) return refuse(*loader.error());
    return loader.refused() > 0 ? failed : done;
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
