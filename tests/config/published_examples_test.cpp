#include "files.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    EXPECT_TRUE(stream) << path;
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// The YAML that a page shows; where it offers two ("# or"), each by itself.
std::vector<std::string> yaml_of(const std::string& page) {
    static const std::string fence = "```yaml\n";
    static const std::string other = "# or\n";
    std::vector<std::string> found;
    for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
        at += fence.size();
        std::string block = page.substr(at, page.find("```", at) - at);
        for (auto end = block.find(other); end != std::string::npos; end = block.find(other)) {
            found.push_back(block.substr(0, end));
            block.erase(0, end + other.size());
        }
        found.push_back(block);
    }
    return found;
}

/// What a newcomer copies must work as it stands.
class PublishedExamples : public ConfigFiles {
protected:
    static std::filesystem::path source() { return PRELABEL_SOURCE_DIR; }
};

TEST_F(PublishedExamples, ThoseOfTheReadmeAreTaken) {
    std::string configuration;
    std::size_t tasks = 0;
    std::size_t parts = 0;
    for (const auto& block : yaml_of(text_of(source() / "README.md"))) {
        SCOPED_TRACE(block);
        if (block.starts_with("name:")) {
            ++tasks;
            write("task.yaml", block);
            EXPECT_EQ(task_complaints(block), "");
        } else if (block.starts_with("task:")) {
            configuration = block;
            write("c.yaml", block);
            const auto result = loaded({}, {.model = true, .input = false, .output = false});
            EXPECT_TRUE(result) << to_string(result.error());
        } else {
            ++parts;
            const bool has_a_model = block.find("llm:") != std::string::npos;
            const bool has_topics = block.find("kafka:") != std::string::npos;
            write("c.yaml", (has_a_model ? "task: task.yaml\n" : configuration) + block);
            const auto result = loaded({}, {.model = true, .input = has_topics, .output = has_topics});
            EXPECT_TRUE(result) << to_string(result.error());
        }
    }
    EXPECT_EQ(tasks, 1U);
    EXPECT_NE(configuration, "");
    EXPECT_GE(parts, 3U) << "two other servers, and Kafka";
}

TEST_F(PublishedExamples, TheDemosConfigurationIsTaken) {
    const auto result = load((source() / "deploy/dev/demo/prelabel.yaml").string(), {},
                             {.model = true, .input = false, .output = false},
                             [](const std::string&) { return std::optional<std::string>(); });
    EXPECT_TRUE(result) << to_string(result.error());
}

TEST_F(PublishedExamples, TheSampleTaskIsTaken) {
    const auto task = load_task((source() / "tests/data/news-ner.yaml").string());
    ASSERT_TRUE(task) << to_string(task.error());
    EXPECT_FALSE(task->labels.empty());
}

// The reference explains writings beside its table; each of them is one that is read.
TEST_F(PublishedExamples, TheWritingsOfTheReferenceAreTaken) {
    const std::string page = text_of(source() / "docs/configuration.md");
    for (const char* duration : {"250ms", "5s", "10m", "1h", "30d"}) {
        EXPECT_NE(page.find(duration), std::string::npos) << duration;
        if (std::string(duration) == "30d") continue;  // longer than any key allows
        EXPECT_EQ(complaints(config_yaml, {std::string("llm.retry.deadline=") + duration}), "") << duration;
    }
    for (const char* size : {"1000000", "64KiB", "5MB"}) {
        EXPECT_NE(page.find(size), std::string::npos) << size;
        EXPECT_EQ(complaints(config_yaml, {std::string("input.max_document_bytes=") + size}), "") << size;
    }
    EXPECT_NE(page.find("--set llm.limits.max_in_flight=64"), std::string::npos);
    EXPECT_EQ(complaints(config_yaml, {"llm.limits.max_in_flight=64"}), "");
    EXPECT_NE(page.find("--set input.kafka.properties.sasl.username=me"), std::string::npos);
    EXPECT_EQ(complaints(config_yaml, {"input.kafka.properties.sasl.username=me"}), "");
}

}  // namespace
}  // namespace prelabel::config
