#include "files/output_records.hpp"

#include "files/json_document.hpp"
#include "files/line_reader.hpp"

#include <prelabel/files/record_reader.hpp>

#include <optional>
#include <string_view>

namespace prelabel::files {
namespace {

/// A dead letter holds its input as a string, where each byte may become six, and little else.
constexpr std::size_t line_bytes_max = 8 * RecordReader::record_bytes_default;

/// What one line says about itself.
struct OutputLine {
    std::string topic;
    Offset offset = 0;
    bool dead_letter = false;
    MadeWith with;  ///< of a dead letter only the task's version
};

const rapidjson::Value* object_in(const rapidjson::Value& json, std::string_view name) {
    const auto* found = only_member(json, name);
    return found != nullptr && found->IsObject() ? found : nullptr;
}

bool take_string(const rapidjson::Value& json, std::string_view name, std::string& into) {
    const auto* found = only_member(json, name);
    if (found == nullptr || !found->IsString()) return false;
    into.assign(found->GetString(), found->GetStringLength());
    return true;
}

/// None for a line that no run of ours has written.
std::optional<OutputLine> parse(std::string_view text) {
    rapidjson::Document json;
    if (!parse_object(text, json).empty()) return std::nullopt;
    OutputLine line;
    const auto* source = object_in(json, "source");
    const auto* offset = source == nullptr ? nullptr : only_member(*source, "offset");
    if (offset == nullptr || !offset->IsInt64() || !take_string(*source, "topic", line.topic)) return std::nullopt;
    line.offset = offset->GetInt64();
    if (const auto* error = object_in(json, "error")) {
        line.dead_letter = true;
        if (!take_string(*error, "task_version", line.with.task_version)) return std::nullopt;
        return line;
    }
    const auto* task = object_in(json, "task");
    const auto* model = object_in(json, "model");
    if (task == nullptr || model == nullptr) return std::nullopt;
    if (!take_string(*task, "name", line.with.task) || !take_string(*task, "version", line.with.task_version))
        return std::nullopt;
    if (!take_string(*model, "provider", line.with.provider) || !take_string(*model, "name", line.with.model))
        return std::nullopt;
    return line;
}

}  // namespace

std::string difference(const MadeWith& before, const MadeWith& now) {
    if (before.task_version != now.task_version)
        return "version " + before.task_version + " of the task, now it is " + now.task_version;
    if (before.provider.empty()) return {};  // a dead letter
    if (before.model != now.model) return "model " + before.model + ", now it is " + now.model;
    if (before.provider != now.provider) return "provider " + before.provider + ", now it is " + now.provider;
    return {};
}

Result<> read_output(OutputFile& file, const MadeWith& with, OutputRecords& into) {
    if (!file.regular() || file.size() == 0) return {};
    auto opened = ByteSource::open(file.path());
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
        if (const auto other = difference(record->with, with); !other.empty())
            return Error{Fault::config, place + "was made with " + other +
                                            "; outputs of both are not mixed: go on as before, or write to another "
                                            "file"};
        into.finished.add(record->topic, record->offset);
        into.dead_letters += record->dead_letter ? 1 : 0;
        whole = lines.given().bytes();
    }
}

}  // namespace prelabel::files
