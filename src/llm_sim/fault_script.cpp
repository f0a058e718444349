#include "llm_sim/fault_script.hpp"

#include "llm_sim/json_reading.hpp"

#include <prelabel/base/nearest.hpp>

#include <fstream>
#include <iterator>
#include <utility>

namespace prelabel::llm_sim {
namespace {

constexpr std::size_t lines_max = 100'000;

Error wrong(std::string what) { return {Fault::config, std::move(what)}; }

}  // namespace

Result<FaultScript::Line> FaultScript::parse_line(std::string line) {
    rapidjson::Document document;
    if (!parse_in_place(line, document) || !document.IsObject()) return wrong("not one JSON object");
    Line read;
    bool by_match = false;
    for (const auto& [name, value] : document.GetObject()) {
        const std::string_view key = text_of(name);
        if (key == "match" && value.IsString()) {
            read.match = text_of(value);
            by_match = true;
        } else if (key == "request" && value.IsUint64() && value.GetUint64() > 0) {
            read.request = value.GetUint64();
        } else if (key == "repeat" && value.IsBool()) {
            read.repeat = value.GetBool();
        } else if (key == "replies" && value.IsArray()) {
            for (const auto& reply : value.GetArray()) {
                const std::string kind(reply.IsString() ? text_of(reply) : "");
                const auto known = from_string<FaultKind>(kind);
                if (!known) {
                    const auto close = nearest(kind, enum_words<FaultKind>());
                    return wrong("unknown reply \"" + kind + "\"" +
                                 (close ? "; did you mean \"" + *close + "\"?" : ""));
                }
                read.replies.push_back(*known);
            }
        } else {
            return wrong("key \"" + std::string(key) +
                         "\": expected \"match\" (string) or \"request\" (from 1), \"replies\" (array of faults), "
                         "\"repeat\" (true or false)");
        }
    }
    if (by_match == (read.request > 0)) return wrong("expected one of \"match\" and \"request\"");
    if (read.replies.empty()) return wrong("expected at least one fault in \"replies\"");
    return read;
}

Result<FaultScript> FaultScript::parse(std::string_view lines, const std::string& name) {
    FaultScript script;
    for (std::size_t number = 1; !lines.empty(); ++number) {
        const std::size_t end = lines.find('\n');
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        if (script.lines_.size() == lines_max)
            return wrong(name + ": more than " + std::to_string(lines_max) + " lines");
        auto read = parse_line(std::string(line));
        if (!read) return wrong(name + ":" + std::to_string(number) + ": " + read.error().message);
        script.lines_.push_back(std::move(*read));
    }
    return script;
}

Result<FaultScript> FaultScript::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return wrong(path + ": cannot be read; check the path and its permissions");
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    return parse(content, path);
}

std::optional<FaultKind> FaultScript::next(std::string_view document, std::uint64_t document_hash) {
    ++requests_;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const Line& line = lines_[i];
        std::uint64_t at = 0;
        if (line.request > 0) {
            if (requests_ < line.request) continue;
            at = requests_ - line.request;
        } else {
            if (document.find(line.match) == std::string_view::npos) continue;
            const std::uint64_t key = document_hash ^ ((i + 1) * 0x9E3779B97F4A7C15U);
            at = asked_.count(key);
            if (line.repeat || at < line.replies.size()) asked_.add(key);
        }
        if (line.repeat) at %= line.replies.size();
        if (at < line.replies.size()) return line.replies[at];
    }
    return std::nullopt;
}

}  // namespace prelabel::llm_sim
