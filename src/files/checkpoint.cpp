#include "files/checkpoint.hpp"

#include "files/byte_source.hpp"
#include "files/file_identity.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/base/json_tree.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace prelabel::files {
namespace {

/// More than any list of inputs that fits a command line.
constexpr std::size_t bytes_max = 64U << 20;

std::string to_json(const Checkpoint& checkpoint) {
    const auto& with = checkpoint.with;
    std::string out = "{\"task\": {\"name\": " + json_string(with.task) +
                      ", \"version\": " + json_string(with.task_version) +
                      "},\n \"model\": {\"provider\": " + json_string(with.provider) +
                      ", \"name\": " + json_string(with.model) + "},\n \"inputs\": [";
    for (const auto& input : checkpoint.inputs) {
        if (out.back() != '[') out += ',';
        out += "\n  {\"path\": " + json_string(input.path) + ", \"name\": " + json_string(input.name) +
               ", \"format\": " + json_string(std::string(to_string(input.format))) +
               ", \"records\": " + std::to_string(input.mark.records) +
               ", \"bytes\": " + std::to_string(input.mark.bytes) +
               ", \"xxh3_128\": " + json_string(input.mark.digest) + "}";
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

bool take(JsonValue json, ReadInput& into) {
    std::string format;
    if (!take(json.member("path"), into.path) || !take(json.member("name"), into.name) ||
        !take(json.member("format"), format) || !take(json.member("records"), into.mark.records) ||
        !take(json.member("bytes"), into.mark.bytes) || !take(json.member("xxh3_128"), into.mark.digest))
        return false;
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
    for (std::size_t i = 0; i < inputs->size(); ++i)
        if (!take((*inputs)[i], into.inputs.emplace_back())) return false;
    return true;
}

}  // namespace

std::string checkpoint_beside(const std::string& output) { return canonical_path(output) + ".prelabel.json"; }

Result<std::optional<Checkpoint>> read_checkpoint(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    const auto content = content_of(path);
    if (!content) return content.error();
    const auto json = JsonTree::read_object(*content);
    Checkpoint checkpoint;
    if (!json || !take(json->root(), checkpoint))
        return Error{Fault::config, path +
                                        ": is damaged, or no checkpoint of ours; remove it to go on without a check "
                                        "whether the inputs have changed"};
    return std::optional<Checkpoint>(std::move(checkpoint));
}

Result<> write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
    const auto content = to_json(checkpoint);
    const auto fresh = path + ".new";
    const auto failed = [&](int code) {
        return Error{Fault::dependency, path + ": cannot be written: " + std::system_category().message(code)};
    };
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return failed(errno);
    std::string_view rest = content;
    int trouble = 0;
    while (!rest.empty() && trouble == 0) {
        const auto count = ::write(descriptor, rest.data(), rest.size());
        if (count >= 0)
            rest.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            trouble = errno;
    }
    ::close(descriptor);
    if (trouble == 0 && ::rename(fresh.c_str(), path.c_str()) != 0) trouble = errno;
    if (trouble == 0) return {};
    ::unlink(fresh.c_str());
    return failed(trouble);
}

}  // namespace prelabel::files
