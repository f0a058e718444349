#include "files/checkpoint.hpp"

#include "files/byte_source.hpp"
#include "files/file_identity.hpp"
#include "files/json_document.hpp"

#include <prelabel/labeling/json_text.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace prelabel::files {
namespace {

using labeling::json_string;

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
    auto source = ByteSource::open(path);
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

bool take(const rapidjson::Value& json, std::string_view name, std::string& into) {
    const auto* found = only_member(json, name);
    if (found == nullptr || !found->IsString()) return false;
    into.assign(found->GetString(), found->GetStringLength());
    return true;
}

bool take(const rapidjson::Value& json, std::string_view name, std::uint64_t& into) {
    const auto* found = only_member(json, name);
    if (found == nullptr || !found->IsUint64()) return false;
    into = found->GetUint64();
    return true;
}

bool take(const rapidjson::Value& json, ReadInput& into) {
    std::string format;
    if (!json.IsObject() || !take(json, "path", into.path) || !take(json, "name", into.name) ||
        !take(json, "format", format) || !take(json, "records", into.mark.records) ||
        !take(json, "bytes", into.mark.bytes) || !take(json, "xxh3_128", into.mark.digest))
        return false;
    const auto known = from_string<FileFormat>(format);
    if (known) into.format = *known;
    return known.has_value();
}

bool take(const rapidjson::Value& json, Checkpoint& into) {
    const auto* task = only_member(json, "task");
    const auto* model = only_member(json, "model");
    const auto* inputs = only_member(json, "inputs");
    if (task == nullptr || !task->IsObject() || model == nullptr || !model->IsObject() || inputs == nullptr ||
        !inputs->IsArray())
        return false;
    if (!take(*task, "name", into.with.task) || !take(*task, "version", into.with.task_version) ||
        !take(*model, "provider", into.with.provider) || !take(*model, "name", into.with.model))
        return false;
    for (const auto& input : inputs->GetArray())
        if (!take(input, into.inputs.emplace_back())) return false;
    return true;
}

}  // namespace

std::string checkpoint_beside(const std::string& output) { return canonical_path(output) + ".prelabel.json"; }

Result<std::optional<Checkpoint>> read_checkpoint(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    const auto content = content_of(path);
    if (!content) return content.error();
    rapidjson::Document json;
    Checkpoint checkpoint;
    if (!parse_object(*content, json).empty() || !take(json, checkpoint))
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
