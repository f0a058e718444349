#include "files/output_records.hpp"

#include "files/line_reader.hpp"

#include <prelabel/base/json_tree.hpp>
#include <prelabel/files/record_reader.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace prelabel::files {
namespace {

/// A dead letter holds its input as a string, where each byte may become six, and little else.
constexpr std::size_t line_bytes_max = 8 * RecordReader::record_bytes_default;

/// What one line says about itself.
struct OutputLine {
    std::string topic;
    Offset offset = 0;
    std::string dead_letter;  ///< its class; empty for an annotation
    MadeWith with;            ///< of a dead letter only the task's version
};

bool take(const std::optional<JsonValue>& of, std::string_view name, std::string& into) {
    const auto member = of ? of->member(name) : std::nullopt;
    const auto text = member ? member->text() : std::nullopt;
    if (text) into = *text;
    return text.has_value();
}

/// None for a line that no run of ours has written.
std::optional<OutputLine> parse(std::string_view text) {
    const auto tree = JsonTree::read_object(text);
    if (!tree) return std::nullopt;
    const JsonValue json = tree->root();
    OutputLine line;
    const auto source = json.member("source");
    const auto place = source ? source->member("offset") : std::nullopt;
    const auto offset = place ? place->integer() : std::nullopt;
    if (!offset || !take(source, "file", line.topic)) return std::nullopt;
    line.offset = *offset;
    if (const auto error = json.member("error"); error && error->is_object()) {
        if (!take(error, "class", line.dead_letter) || line.dead_letter.empty()) return std::nullopt;
        if (!take(error, "task_version", line.with.task_version)) return std::nullopt;
        return line;
    }
    const auto task = json.member("task");
    const auto model = json.member("model");
    if (!take(task, "name", line.with.task) || !take(task, "version", line.with.task_version)) return std::nullopt;
    if (!take(model, "provider", line.with.provider) || !take(model, "name", line.with.model)) return std::nullopt;
    return line;
}

void take(const OutputLine& record, LineRange line, const OutputReading& reading, OutputRecords& into) {
    const bool labeled = into.finished.contains(record.topic, record.offset);
    if (!record.dead_letter.empty() && reading.dead_letters) {
        if (labeled) return into.dead_letters.leaves(line);
        return into.dead_letters.add(record.topic, record.offset, record.dead_letter, line);
    }
    into.finished.add(record.topic, record.offset);
    if (record.dead_letter.empty())
        ++into.labeled;
    else
        into.dead_letters.count_only(record.dead_letter);
}

}  // namespace

std::string difference(const MadeWith& before, const MadeWith& now) {
    if (before.task_version != now.task_version)
        return "version " + before.task_version + " of the task, now it is " + now.task_version;
    if (!before.text.empty() && before.text != now.text) return "input.text " + before.text + ", now it is " + now.text;
    if (!before.id.empty() && before.id != now.id) return "input.id " + before.id + ", now it is " + now.id;
    if (before.provider.empty()) return {};  // a dead letter
    if (before.model != now.model) return "model " + before.model + ", now it is " + now.model;
    if (before.provider != now.provider) return "provider " + before.provider + ", now it is " + now.provider;
    return {};
}

Result<> read_output(OutputFile& file, const OutputReading& reading, OutputRecords& into) {
    if (!file.regular() || file.size() == 0) return {};
    auto opened = ByteSource::open_as_it_is(file.path());
    if (!opened) return opened.error();
    LineReader lines(std::move(*opened), line_bytes_max);
    std::uint64_t whole = 0;
    while (true) {
        const auto read = lines.next();
        if (!read) return read.error();
        if (!*read) return {};
        const Line& line = **read;
        const auto place = file.path() + ':' + std::to_string(line.number) + ": ";
        if (line.ending.empty() && whole > 0) return file.cut(whole);
        const auto record = line.cut || line.ending.empty() ? std::nullopt : parse(line.text);
        if (!record)
            return Error{Fault::config, place +
                                            "is no output record, so this file cannot be resumed; remove the line, or "
                                            "write to another file"};
        const auto other = reading.mixed ? std::string() : difference(record->with, reading.with);
        if (!other.empty()) return Error{Fault::config, place + "was made with " + other + std::string(not_mixed)};
        const auto end = lines.given().bytes();
        take(*record, {std::exchange(whole, end), end}, reading, into);
    }
}

}  // namespace prelabel::files
