#include "files/json_document.hpp"
#include "files/line_reader.hpp"

#include <prelabel/files/finished_records.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace prelabel::files {
namespace {

struct Source {
    std::string topic;
    Offset offset = 0;
};

std::optional<Source> source_of(std::string_view line) {
    rapidjson::Document record;
    if (!parse_object(line, record).empty()) return std::nullopt;
    const auto* source = only_member(record, "source");
    if (source == nullptr || !source->IsObject()) return std::nullopt;
    const auto* topic = only_member(*source, "topic");
    const auto* offset = only_member(*source, "offset");
    if (topic == nullptr || !topic->IsString() || offset == nullptr || !offset->IsInt64()) return std::nullopt;
    return Source{{topic->GetString(), topic->GetStringLength()}, offset->GetInt64()};
}

/// Adds the records of one file; gives how many bytes of it are whole lines.
Result<std::uint64_t> collect(const std::string& path, std::map<std::string, std::vector<Offset>>& offsets) {
    auto opened = ByteSource::open(path);
    if (!opened) return opened.error();
    LineReader lines(std::move(*opened), std::numeric_limits<std::size_t>::max() / 2);
    std::uint64_t whole = 0;
    std::uint64_t broken = 0;  // the line that is no record; fine if nothing follows
    while (true) {
        const auto read = lines.next();
        if (!read) return read.error();
        if (!*read) return whole;
        const Line& line = **read;
        if (broken != 0)
            return Error{Fault::input, path + ':' + std::to_string(broken) +
                                           ": is no output record, so this file cannot be resumed; remove the line or "
                                           "write to another file"};
        const auto source = line.ending.empty() ? std::nullopt : source_of(line.text);
        if (source) {
            offsets[source->topic].push_back(source->offset);
            whole += line.text.size() + line.ending.size();
        } else {
            broken = line.number;
        }
    }
}

}  // namespace

void FinishedRecords::add(const std::string& topic, std::vector<Offset> offsets) {
    auto& ranges = ranges_[topic];
    for (const auto& [first, last] : ranges)
        for (Offset offset = first; offset < last; ++offset) offsets.push_back(offset);
    std::ranges::sort(offsets);
    ranges.clear();
    for (const auto offset : offsets) {
        if (!ranges.empty() && offset <= ranges.back().second)
            ranges.back().second = std::max(ranges.back().second, offset + 1);
        else
            ranges.emplace_back(offset, offset + 1);
    }
}

bool FinishedRecords::contains(const std::string& topic, Offset offset) const {
    const auto found = ranges_.find(topic);
    if (found == ranges_.end()) return false;
    const auto range = std::ranges::upper_bound(found->second, offset, {}, &Range::second);
    return range != found->second.end() && range->first <= offset;
}

std::size_t FinishedRecords::size() const {
    std::size_t total = 0;
    for (const auto& [topic, ranges] : ranges_)
        for (const auto& [first, last] : ranges) total += static_cast<std::size_t>(last - first);
    return total;
}

Result<FinishedRecords> finished_records(std::vector<std::string> paths) {
    std::map<std::string, std::vector<Offset>> offsets;
    for (const auto& path : paths) {
        std::error_code failed;
        if (!std::filesystem::exists(path, failed)) continue;
        const auto whole = collect(path, offsets);
        if (!whole) return whole.error();
        if (std::filesystem::is_regular_file(path, failed) && *whole < std::filesystem::file_size(path, failed))
            std::filesystem::resize_file(path, *whole, failed);
        if (failed)
            return Error{Fault::dependency, path + ": the torn last line cannot be cut off: " + failed.message()};
    }
    FinishedRecords finished;
    for (auto& [topic, list] : offsets) finished.add(topic, std::move(list));
    return finished;
}

}  // namespace prelabel::files
