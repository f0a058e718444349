#include "files/checkpoint.hpp"

#include "files/byte_source.hpp"
#include "files/file_identity.hpp"
#include "files/write_all.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/base/json_tree.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace prelabel::files {
namespace {

/// Of some hundred thousand inputs.
constexpr std::size_t bytes_max = 256U << 20;

std::string members_of(const ReadMark& mark) {
    return "\"records\": " + std::to_string(mark.records) + ", \"bytes\": " + std::to_string(mark.bytes) +
           ", \"xxh3_128\": " + json_string(mark.digest);
}

std::string to_json(const Checkpoint& checkpoint) {
    const auto& with = checkpoint.with;
    std::string out =
        "{\"task\": {\"name\": " + json_string(with.task) + ", \"version\": " + json_string(with.task_version) +
        "},\n \"model\": {\"provider\": " + json_string(with.provider) + ", \"name\": " + json_string(with.model) +
        "},\n \"document\": {\"text\": " + json_string(with.text) + ", \"id\": " + json_string(with.id) +
        "},\n \"inputs\": [";
    for (const auto& input : checkpoint.inputs) {
        if (out.back() != '[') out += ',';
        out += "\n  {\"path\": " + json_string(input.path) + ", \"name\": " + json_string(input.name) +
               ", \"called\": " + json_string(input.called.value_or("")) +
               ", \"format\": " + json_string(std::string(to_string(input.format))) + ", " + members_of(input.mark) +
               "}";
    }
    return out + "]}\n";
}

Result<std::string> content_of(const std::string& path) {
    auto source = ByteSource::open_as_it_is(path);
    if (!source) return source.error();
    std::string content;
    std::array<char, 64U << 10> chunk{};
    while (content.size() <= bytes_max) {
        const auto count = source->read(chunk.data(), chunk.size());
        if (!count) return count.error();
        if (*count == 0) return content;
        content.append(chunk.data(), *count);
    }
    return Error{Fault::config, path + ": is no checkpoint of ours: it is too long"};
}

bool take(std::optional<JsonValue> json, std::string& into) {
    const auto text = json ? json->text() : std::nullopt;
    if (text) into = *text;
    return text.has_value();
}

bool take(std::optional<JsonValue> json, std::uint64_t& into) {
    const auto number = json ? json->natural() : std::nullopt;
    if (number) into = *number;
    return number.has_value();
}

bool take(JsonValue json, ReadMark& into) {
    return take(json.member("records"), into.records) && take(json.member("bytes"), into.bytes) &&
           take(json.member("xxh3_128"), into.digest);
}

bool take(JsonValue json, ReadInput& into) {
    std::string format;
    if (!take(json.member("path"), into.path) || !take(json.member("name"), into.name) ||
        !take(json.member("format"), format) || !take(json, into.mark))
        return false;
    if (std::string called; take(json.member("called"), called)) into.called = std::move(called);
    const auto known = from_string<FileFormat>(format);
    if (known) into.format = *known;
    return known.has_value();
}

bool take(JsonValue json, Checkpoint& into) {
    const auto task = json.member("task");
    const auto model = json.member("model");
    const auto inputs = json.member("inputs");
    if (!task || !model || !inputs || !inputs->is_list()) return false;
    if (!take(task->member("name"), into.with.task) || !take(task->member("version"), into.with.task_version) ||
        !take(model->member("provider"), into.with.provider) || !take(model->member("name"), into.with.model))
        return false;
    if (const auto document = json.member("document"))  // of later versions
        if (!take(document->member("text"), into.with.text) || !take(document->member("id"), into.with.id))
            return false;
    for (std::size_t i = 0; i < inputs->size(); ++i)
        if (!take((*inputs)[i], into.inputs.emplace_back())) return false;
    return true;
}

/// The lines that were added, behind the newline of the whole. One without newline was torn.
bool take_added(std::string_view lines, Checkpoint& into) {
    if (!lines.empty()) lines.remove_prefix(1);
    for (auto end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
        const auto json = JsonTree::read_object(lines.substr(0, end));
        std::uint64_t input = 0;
        if (!json || !take(json->root().member("input"), input) || input >= into.inputs.size()) return false;
        if (!take(json->root(), into.inputs[input].mark)) return false;
        lines.remove_prefix(end + 1);
    }
    return true;
}

}  // namespace

std::string checkpoint_beside(const std::string& output) { return canonical_path(output) + ".prelabel.json"; }

Result<std::optional<Checkpoint>> read_checkpoint(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    const auto content = content_of(path);
    if (!content) return content.error();
    // Of the lines of the whole, only the first begins at the margin.
    const std::string_view all = *content;
    const auto whole = all.substr(0, all.find("\n{"));
    const auto json = JsonTree::read_object(whole);
    Checkpoint checkpoint;
    if (!json || !take(json->root(), checkpoint) || !take_added(all.substr(whole.size()), checkpoint))
        return Error{Fault::config, path +
                                        ": is damaged, or no checkpoint of ours; remove it to go on without a check "
                                        "whether the inputs have changed"};
    return std::optional<Checkpoint>(std::move(checkpoint));
}

CheckpointFile::CheckpointFile(std::string path, Checkpoint checkpoint)
    : path_(std::move(path)), checkpoint_(std::move(checkpoint)) {}

void CheckpointFile::made_with(const MadeWith& with) {
    if (checkpoint_.with == with) return;
    checkpoint_.with = with;
    whole_bytes_ = 0;
}

void CheckpointFile::read(std::size_t input, const ReadMark& mark) {
    auto& known = checkpoint_.inputs[input].mark;
    if (known.records == mark.records) return;
    known = mark;
    if (changed_.empty() || changed_.back() != input) changed_.push_back(input);
}

Result<> CheckpointFile::write() {
    std::string lines;
    for (const auto input : changed_)
        lines += "{\"input\": " + std::to_string(input) + ", " + members_of(checkpoint_.inputs[input].mark) + "}\n";
    const bool fits = whole_bytes_ > replaced_bytes_max && added_bytes_ + lines.size() <= whole_bytes_;
    if (fits && add(lines)) {
        added_bytes_ += lines.size();
    } else {
        whole_bytes_ = 0;  // half a line may be at its end
        if (const auto replaced = replace(); !replaced) return replaced.error();
    }
    changed_.clear();
    return {};
}

bool CheckpointFile::add(const std::string& lines) const {
    const int descriptor = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0) return false;
    const int trouble = write_all(descriptor, lines);
    ::close(descriptor);
    return trouble == 0;
}

Result<> CheckpointFile::replace() {
    const auto content = to_json(checkpoint_);
    const auto fresh = path_ + ".new";
    const auto failed = [&](int code) {
        return Error{Fault::dependency, path_ + ": cannot be written: " + std::system_category().message(code)};
    };
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return failed(errno);
    int trouble = write_all(descriptor, content);
    ::close(descriptor);
    if (trouble == 0 && ::rename(fresh.c_str(), path_.c_str()) != 0) trouble = errno;
    if (trouble != 0) {
        ::unlink(fresh.c_str());
        return failed(trouble);
    }
    whole_bytes_ = content.size();
    added_bytes_ = 0;
    return {};
}

}  // namespace prelabel::files
