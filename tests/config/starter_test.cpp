#include "../files/folder.hpp"

#include <prelabel/config/load.hpp>
#include <prelabel/config/starter.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

class StarterTest : public ::testing::Test {
protected:
    Checked<Settings> loaded(const Starter& starter) {
        folder_.write("task.yaml", starter_task(starter));
        return load(folder_.write("prelabel.yaml", starter_config(starter, "task.yaml")), {},
                    {.model = true, .input = false, .output = false});
    }
    files::Folder folder_;
};

TEST_F(StarterTest, WhatItWritesIsWhatWasSaid) {
    Starter starter;
    starter.name = "tickets";
    starter.labels = {"PER", "PRODUCT", "Fault code"};
    starter.model = "gpt-4o-mini";
    starter.text = "/body/text";
    starter.id = "/ticket_id";
    const auto settings = loaded(starter);
    ASSERT_TRUE(settings) << to_string(settings.error());
    EXPECT_EQ(settings->task.name, "tickets");
    ASSERT_EQ(settings->task.labels.size(), 3U);
    EXPECT_EQ(settings->task.labels[0].name, "PER");
    EXPECT_EQ(settings->task.labels[0].description, "people by name");
    EXPECT_EQ(settings->task.labels[2].name, "Fault code");
    EXPECT_EQ(settings->task.labels[2].description, "");
    EXPECT_EQ(settings->endpoint.model.model, "gpt-4o-mini");
    EXPECT_EQ(settings->endpoint.model.base_url, "https://api.openai.com/v1");
    EXPECT_EQ(settings->endpoint.api_key.env, "OPENAI_API_KEY");
    EXPECT_EQ(settings->document.text, "/body/text");
    EXPECT_EQ(settings->document.id, "/ticket_id");
}

// Words that YAML or the configuration would take for something else.
TEST_F(StarterTest, NamesMeanThemselves) {
    for (const std::string name : {"no", "NULL", "7", "1e3", "a: b", "- a", "\"q\"", "it's", "#1", "東京", "${HOME}",
                                   "a$b", "{x}", "true", "~", "@a", "a\\b", "Y"}) {
        Starter starter;
        starter.name = name;
        starter.labels = {name, "OTHER"};
        starter.model = name;
        const auto settings = loaded(starter);
        ASSERT_TRUE(settings) << name << '\n' << to_string(settings.error());
        EXPECT_EQ(settings->task.name, name);
        EXPECT_EQ(settings->task.labels[0].name, name);
        EXPECT_EQ(settings->endpoint.model.model, name);
    }
}

TEST_F(StarterTest, AServerOnThisMachineNeedsNoKey) {
    Starter starter;
    starter.labels = {"PER"};
    starter.model = "llama3.1:8b";
    for (const char* url : {"http://localhost:11434/v1", "http://127.0.0.1:8089/v1", "http://[::1]:8000/v1"}) {
        starter.base_url = url;
        EXPECT_FALSE(wants_key(starter)) << url;
        const auto settings = loaded(starter);
        ASSERT_TRUE(settings) << to_string(settings.error());
        EXPECT_TRUE(settings->endpoint.api_key.empty());
    }
    starter.base_url = "https://llm.example/v1";
    EXPECT_TRUE(wants_key(starter));
}

TEST_F(StarterTest, TheExamplesAreGoodOnceTheirCommentMarksAreGone) {
    Starter starter;
    starter.labels = {"PER"};
    std::string task = starter_task(starter);
    for (auto at = task.find("\n# examples:"); at != std::string::npos; at = task.find("\n#", at + 1))
        task.erase(at + 1, 2);
    const auto read = load_task(folder_.write("task.yaml", task));
    ASSERT_TRUE(read) << to_string(read.error());
    ASSERT_EQ(read->examples.size(), 2U);
    EXPECT_EQ(read->examples[0].entities.at(0).label, "PER");
}

}  // namespace
}  // namespace prelabel::config
