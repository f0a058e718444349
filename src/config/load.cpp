#include "config/config_table.hpp"
#include "config/overrides.hpp"
#include "config/yaml_tree.hpp"

#include <prelabel/config/load.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

namespace prelabel::config {
namespace {

/// Empty for a file that can be opened.
std::string why_unreadable(const std::string& file) {
    errno = 0;
    const std::ifstream stream(file);
    return stream ? std::string() : std::strerror(errno);
}

/// What the reader cannot know: how settings fit together.
class SettingsCheck {
public:
    SettingsCheck(const std::string& file, const std::vector<Assignment>& assignments, Problems& problems)
        : file_(file), assignments_(assignments), problems_(problems) {}

    void run(const Settings& settings) {
        if (const auto reason = why_unreadable(settings.task_file); given("task") && !reason.empty())
            report("task", settings.task_file + ": cannot be read: " + reason, "the path of a task file");
        const auto& input = settings.input.topic;
        const auto& output = settings.output;
        if (!input.empty() && output.topic == input)
            report("output.kafka.topic", "is the input topic: every pre-annotation would be read as a document",
                   "another topic");
        if (!input.empty() && output.dead_letter_topic == input)
            report("output.kafka.dead_letter_topic", "is the input topic: a bad document would come back for ever",
                   "another topic");
        if (!output.topic.empty() && output.dead_letter_topic == output.topic)
            report("output.kafka.dead_letter_topic", "is the output topic", "another topic");
        if (!settings.api_key.env.empty() && !settings.api_key.file.empty())
            report("llm.api_key.file", "is given besides llm.api_key.env", "one of env and file");
        if (given("llm.api_key") && settings.api_key.empty())
            report("llm.api_key", "says neither env nor file", "{env: NAME} or {file: path}");
        if (settings.http.idle_timeout > settings.pipeline.call_timeout && given("llm.timeout.idle"))
            report("llm.timeout.idle", "is longer than llm.timeout.total, so it would never end a call",
                   "at most the total");
        // A rebalance waits for the drain and the last commit; a member that is slower loses its partitions uncommitted.
        const auto longest = settings.input.max_poll_interval() - pipeline::closing_time;
        if (!input.empty() && settings.pipeline.drain_timeout > longest)
            report("input.drain_timeout",
                   "and the last commit (4s) take longer than the group waits: "
                   "input.kafka.properties.max.poll.interval.ms "
                   "is " +
                       std::to_string(settings.input.max_poll_interval().count()),
                   "a shorter drain, or a longer max.poll.interval.ms");
        const auto tokens = settings.pipeline.limits.tokens_per_minute;
        if (tokens > 0 && settings.model.max_output_tokens >= tokens)
            report("llm.limits.tokens_per_minute",
                   "is used up by one answer: providers count llm.max_output_tokens, which is " +
                       std::to_string(settings.model.max_output_tokens) + ", for each call",
                   "the account's limit, or a smaller max_output_tokens");
        if (settings.pipeline.document_bytes_max > settings.pipeline.bytes_in_memory_max)
            report(given("input.max_document_bytes") ? "input.max_document_bytes" : "input.max_bytes_in_memory",
                   "one document of input.max_document_bytes would not fit in input.max_bytes_in_memory",
                   "max_document_bytes not above max_bytes_in_memory");
    }

private:
    [[nodiscard]] bool given(const std::string& key) const {
        return std::ranges::find(assignments_, key, &Assignment::key) != assignments_.end();
    }
    void report(const std::string& key, std::string what, std::string expected) {
        const auto assignment = std::ranges::find(assignments_, key, &Assignment::key);
        Problem problem = problem_at(file_, assignment == assignments_.end() ? Place{} : assignment->place);
        problem.key = key;
        problem.what = std::move(what);
        problem.expected = std::move(expected);
        problems_.list.push_back(std::move(problem));
    }

    const std::string& file_;
    const std::vector<Assignment>& assignments_;
    Problems& problems_;
};

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
    SettingsCheck(file, assignments, problems).run(settings);
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
