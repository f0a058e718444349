#pragma once

#include <prelabel/config/load.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {

inline constexpr const char* task_yaml = R"(name: news-ner
kind: ner
instructions: Label every mention.
labels:
  - {name: PER, description: "people, also fictional"}
  - ORG
examples:
  - {text: "Ada joined IBM.", entities: [{label: PER, text: Ada}, {label: ORG, text: IBM}]}
)";

inline constexpr const char* config_yaml = R"(task: tasks/news-ner.yaml
input:
  kafka:
    brokers: "kafka:9092"
    topic: raw-documents
    group: prelabel
    properties: {security.protocol: SASL_SSL, sasl.password: "${KAFKA_PASSWORD}"}
  format: json
  text: /body/text
  id: /doc_id
llm:
  provider: openai
  base_url: https://api.openai.com/v1/
  model: gpt-4o-mini
  api_key: {env: OPENAI_API_KEY}
  limits: {requests_per_minute: 5000, tokens_per_minute: 2000000, max_in_flight: 512}
  timeout: {connect: 5s, idle: 30s, total: 120s}
  retry: {max_attempts: 6, deadline: 10m}
  price: {input_per_mtok: 0.15, cached_input_per_mtok: 0.075, output_per_mtok: 0.60}
output:
  kafka: {topic: pre-annotations, dead_letter_topic: pre-annotations.dlq}
  delivery: at_least_once
admin: {listen: "127.0.0.1:9464"}
)";

/// A directory of its own with a configuration and its task, gone afterwards.
class ConfigFiles : public ::testing::Test {
protected:
    ConfigFiles() {
        std::string pattern = (std::filesystem::temp_directory_path() / "prelabel-config-XXXXXX").string();
        EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        write("tasks/news-ner.yaml", task_yaml);
        write("c.yaml", config_yaml);
    }
    ~ConfigFiles() override { std::filesystem::remove_all(directory_); }

    std::string write(const std::string& name, const std::string& text) {
        const auto path = directory_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }

    Checked<Settings> loaded(const std::vector<std::string>& overrides = {}, const Needs& needs = {}) {
        return load((directory_ / "c.yaml").string(), overrides, needs, [this](const std::string& name) {
            const auto found = environment_.find(name);
            return found == environment_.end() ? std::nullopt : std::optional(found->second);
        });
    }

    /// The messages, without the directory in front.
    std::string without_directory(const Problems& problems) const {
        std::string text = to_string(problems);
        const std::string prefix = directory_.string() + "/";
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }

    /// What is said about a configuration; empty when nothing is wrong.
    std::string complaints(const std::string& config, const std::vector<std::string>& overrides = {}) {
        write("c.yaml", config);
        const auto result = loaded(overrides);
        return result ? std::string() : without_directory(result.error());
    }

    std::string task_complaints(const std::string& task) {
        const auto result = load_task(write("t.yaml", task));
        return result ? std::string() : without_directory(result.error());
    }

    /// The valid configuration with one part replaced.
    static std::string changed(std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return at == std::string::npos ? text : text.replace(at, from.size(), to);
    }
    static std::string config_with(const std::string& from, const std::string& to) {
        return changed(config_yaml, from, to);
    }

    std::filesystem::path directory_;
    std::map<std::string, std::string> environment_{{"KAFKA_PASSWORD", "hunter2-secret"},
                                                    {"OPENAI_API_KEY", "sk-secret"}};
};

}  // namespace prelabel::config
