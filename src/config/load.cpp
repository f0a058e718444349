#include "config/config_table.hpp"
#include "config/endpoint_table.hpp"
#include "config/findings.hpp"
#include "config/overrides.hpp"
#include "config/yaml_tree.hpp"

#include <prelabel/config/load.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace prelabel::config {
namespace {

/// Empty for a file that can be opened.
std::string why_unreadable(const std::string& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) return std::strerror(EISDIR);
    errno = 0;
    const std::ifstream stream(file);
    return stream ? std::string() : std::strerror(errno);
}

/// What the reader cannot know: how settings fit together.
void check(const Settings& settings, Findings& findings) {
    if (const auto reason = why_unreadable(settings.task_file); findings.given("task") && !reason.empty())
        findings.report("task", settings.task_file + ": cannot be read: " + reason, "the path of a task file");
    const auto& brokers = settings.input.brokers;
    if (brokers.find("http://") != std::string::npos || brokers.find("https://") != std::string::npos)
        findings.report("input.kafka.brokers", "is the address of a web server", "host:port, without http://");
    const auto& input = settings.input.topic;
    const auto& output = settings.output;
    if (!input.empty() && output.topic == input)
        findings.report("output.kafka.topic", "is the input topic: every pre-annotation would be read as a document",
                        "another topic");
    if (!input.empty() && output.dead_letter_topic == input)
        findings.report("output.kafka.dead_letter_topic", "is the input topic: a bad document would come back for ever",
                        "another topic");
    if (!output.topic.empty() && output.dead_letter_topic == output.topic)
        findings.report("output.kafka.dead_letter_topic", "is the output topic", "another topic");
    if (settings.transactions.instance == "check" || settings.transactions.instance == "redrive")
        findings.report("output.kafka.instance", "is the name under which a command of prelabel works", "another name");
    check_endpoint("llm", settings.endpoint, findings);
    // A rebalance waits for the drain and the last commit; a member that is slower loses its partitions uncommitted.
    const auto longest = settings.input.max_poll_interval() - pipeline::closing_time;
    if (!input.empty() && settings.pipeline.drain_timeout > longest)
        findings.report("input.drain_timeout",
                        "and the last commit (4s) take longer than the group waits: "
                        "input.kafka.properties.max.poll.interval.ms is " +
                            std::to_string(settings.input.max_poll_interval().count()),
                        "a shorter drain, or a longer max.poll.interval.ms");
    if (settings.pipeline.document_bytes_max > settings.pipeline.bytes_in_memory_max)
        findings.report(
            findings.given("input.max_document_bytes") ? "input.max_document_bytes" : "input.max_bytes_in_memory",
            "one document of input.max_document_bytes would not fit in input.max_bytes_in_memory",
            "max_document_bytes not above max_bytes_in_memory");
}

/// In the order of the file, options last.
void sort_by_place(Problems& problems) {
    std::ranges::stable_sort(problems.list, [](const Problem& a, const Problem& b) {
        if (a.option.empty() != b.option.empty()) return a.option.empty();
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
}

Checked<Settings> load(const std::string& file, std::span<const std::string> overrides, const Needs& needs,
                       const Environment& environment) {
    Problems problems;
    const auto text = read_text_file(file, problems);
    auto root = text ? parse_yaml(*text, file, {}, problems) : std::nullopt;
    if (!root) return problems;
    const auto fields = fields_of(config_table());
    apply_overrides(overrides, fields, *root, problems);
    Reader reader(fields, {file, &environment, needs}, problems);
    const auto assignments = reader.read(*root);
    Settings settings;
    apply(config_table(), assignments, file, settings, problems);
    if (settings.output.dead_letter_topic.empty() && !settings.output.topic.empty())
        settings.output.dead_letter_topic = settings.output.topic + ".dlq";
    Findings findings(file, assignments, problems);
    check(settings, findings);
    if (!problems.list.empty()) {
        sort_by_place(problems);
        return problems;
    }
    auto task = load_task(settings.task_file);
    if (!task) return task.error();
    settings.task = std::move(*task);
    return settings;
}

}  // namespace prelabel::config
