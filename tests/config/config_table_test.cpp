#include "config/config_table.hpp"

#include "config/task_table.hpp"
#include "files.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class ConfigTable : public ConfigFiles {
protected:
    /// The settings of a file that says nothing but this, with nothing asked for.
    Checked<Settings> loaded_with(const std::vector<std::string>& overrides) {
        write("c.yaml", "task: tasks/news-ner.yaml\n");
        return loaded(overrides, {.model = false, .input = false, .output = false});
    }
    /// What each key is in the settings, as it would be written.
    static std::vector<std::string> shown(const Settings& settings) {
        std::vector<std::string> out;
        for (const auto& row : config_table())
            out.push_back(row.get ? row.field.path + "=" + row.field.type->render(row.get(settings)) : row.field.path);
        return out;
    }
};

TEST_F(ConfigTable, DescribesEveryKeyOnceAndInASentence) {
    std::set<std::string> paths;
    for (const auto& row : config_table()) {
        EXPECT_TRUE(paths.insert(row.field.path).second) << row.field.path << " is there twice";
        EXPECT_THAT(row.field.description, ::testing::AnyOf(EndsWith("."), EndsWith("…"))) << row.field.path;
    }
    for (const auto& row : task_table()) {
        EXPECT_TRUE(paths.insert(row.field.path).second) << row.field.path << " is there twice";
        EXPECT_THAT(row.field.description, EndsWith(".")) << row.field.path;
    }
}

// What the documentation gives as the default can be copied into a file, and nothing changes.
TEST_F(ConfigTable, EveryDefaultMayBeWrittenDown) {
    const Settings defaults;
    for (const auto& row : config_table()) {
        if (!row.get || row.field.type->has_names()) continue;
        const std::string option = row.field.path + "=" + row.field.type->render(row.get(defaults));
        const auto result = loaded_with({option});
        ASSERT_TRUE(result) << option << '\n' << to_string(result.error());
        EXPECT_EQ(shown(*result), shown(defaults)) << option;
    }
}

/// A key, another value than its default, and what is shown of it then.
struct Change {
    const char* key;
    const char* value;
};

TEST_F(ConfigTable, AKeyChangesItsSettingAndNoOther) {
    const std::vector<Change> changes = {
        {"input.kafka.group", "team"},
        {"input.format", "text"},
        {"input.text", "/body"},
        {"input.id", "/key"},
        {"input.pass", "true"},
        {"input.csv.delimiter", ";"},
        {"input.max_document_bytes", "1MiB"},
        {"input.window_per_partition", "17"},
        {"input.max_documents_in_memory", "18"},
        {"input.max_bytes_in_memory", "64MiB"},
        {"input.commit_interval", "2s"},
        {"input.drain_timeout", "3s"},
        {"llm.base_url", "http://host/v1"},
        {"llm.response_format", "none"},
        {"llm.max_output_tokens", "99"},
        {"llm.output_limit_field", "max_tokens"},
        {"llm.temperature", "0.25"},
        {"llm.top_p", "0.5"},
        {"llm.seed", "7"},
        {"llm.limits.requests_per_minute", "7"},
        {"llm.limits.tokens_per_minute", "100000"},
        {"llm.limits.max_in_flight", "9"},
        {"llm.timeout.connect", "250ms"},
        {"llm.timeout.idle", "11s"},
        {"llm.timeout.total", "90s"},
        {"llm.timeout.keep_alive", "12s"},
        {"llm.retry.max_attempts", "3"},
        {"llm.retry.deadline", "4m"},
        {"llm.retry.max_reasks", "5"},
        {"llm.price.input_per_mtok", "0.1"},
        {"llm.price.cached_input_per_mtok", "0.2"},
        {"llm.price.output_per_mtok", "0.3"},
        {"journal.max_bytes", "1GiB"},
        {"journal.ttl", "168h"},
        {"journal.sync", "always"},
        {"output.kafka.max_record_bytes", "2MiB"},
        {"output.kafka.transaction_outputs", "500"},
        {"output.include_raw_answer", "true"},
        {"admin.listen", "127.0.0.1:80"},
        {"admin.show_documents", "true"},
        {"log.format", "json"},
        {"log.level", "debug"},
        {"log.provider_errors", "true"},
    };
    const auto before = shown(Settings{});
    for (const auto& [key, value] : changes) {
        const auto result = loaded_with({std::string(key) + "=" + value});
        ASSERT_TRUE(result) << key << '\n' << to_string(result.error());
        const auto after = shown(*result);
        const std::string expected = std::string(key) + "=" + value;
        for (std::size_t i = 0; i < after.size(); ++i) {
            if (config_table()[i].field.path == key) {
                EXPECT_EQ(after[i], expected);
            } else {
                EXPECT_EQ(after[i], before[i]) << "changed by " << expected;
            }
        }
    }
    // Whoever adds a key with a default adds it above.
    for (const auto& row : config_table()) {
        const auto same = [&](const Change& change) { return row.field.path == change.key; };
        const bool one_choice = row.field.path == "llm.provider" || row.field.path == "output.delivery";
        if (!row.get || row.field.type->has_names() || one_choice) continue;
        EXPECT_TRUE(std::ranges::any_of(changes, same)) << row.field.path;
    }
}

TEST_F(ConfigTable, TheKeysWithoutADefaultReachTheirSettingsToo) {
    const auto result = loaded_with(
        {"llm.model=m", "llm.api_key={file: /run/key}", "llm.ca_file=/etc/ca.pem", "input.kafka.brokers=k:1",
         "input.kafka.topic=in", "output.kafka.topic=out", "output.kafka.dead_letter_topic=dead",
         "input.kafka.properties.client.id=a", "output.kafka.properties.client.id=b", "llm.reasoning_effort=low",
         "llm.service_tier=flex", "llm.extra.options.num_ctx=8192", "llm.headers.X-Gateway={env: GATEWAY}",
         "llm.query.api-version=1", "journal.path=/var/lib/prelabel"});
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->endpoint.model.model, "m");
    EXPECT_EQ(result->journal.path, "/var/lib/prelabel");
    EXPECT_EQ(result->endpoint.api_key.file, "/run/key");
    EXPECT_EQ(result->endpoint.http.ca_file, "/etc/ca.pem");
    EXPECT_EQ(result->input.brokers, "k:1");
    EXPECT_EQ(result->input.topic, "in");
    EXPECT_EQ(result->output.topic, "out");
    EXPECT_EQ(result->output.dead_letter_topic, "dead");
    EXPECT_EQ(result->endpoint.model.reasoning_effort, "low");
    EXPECT_EQ(result->endpoint.model.service_tier, "flex");
    EXPECT_EQ(result->endpoint.model.extra.at("options"), R"({"num_ctx":8192})");
    EXPECT_EQ(result->endpoint.headers.at("X-Gateway").source.env, "GATEWAY");
    EXPECT_EQ(result->endpoint.model.query.at("api-version"), "1");
    EXPECT_EQ(result->input.properties.at("client.id"), "a");
    EXPECT_EQ(result->output.properties.at("client.id"), "b");
}

TEST_F(ConfigTable, TheLargestDocumentIsTheReadersAndThePipelines) {
    const auto result = loaded_with({"input.max_document_bytes=3MiB"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->document.text_bytes_max, 3U << 20);
    EXPECT_EQ(result->pipeline.document_bytes_max, 3U << 20);
    const Settings defaults;
    EXPECT_EQ(defaults.document.text_bytes_max, defaults.pipeline.document_bytes_max);
}

TEST_F(ConfigTable, WhatPassesThroughIsAListOfPointersOrNamesOrEverything) {
    const auto pass = [&](const std::string& value) {
        const auto result = loaded_with({"input.pass=" + value});
        EXPECT_TRUE(result) << value;
        return result ? result->document.pass : labeling::PassThrough{};
    };
    EXPECT_EQ(pass("[/customer/tier, lang, a/b]").pointers,
              (std::vector<std::string>{"/customer/tier", "/lang", "/a~1b"}));
    EXPECT_TRUE(pass("true").all);
    EXPECT_FALSE(pass("false").any());
    EXPECT_FALSE(pass("[]").any());
    for (const auto& [value, complaint] : std::vector<std::pair<std::string, std::string>>{
             {"[/a, /a/b]", "`/a/b` is a part of `/a`, which goes through as a whole"},
             {"[/a~2]", "write `~` as ~0"},
             {"yes", "true, false or a list of JSON Pointers"},
             {"{a: b}", "true, false or a list of JSON Pointers"},
             {"[[a]]", "names nothing"}}) {
        const auto result = loaded_with({"input.pass=" + value});
        ASSERT_FALSE(result) << value;
        EXPECT_THAT(to_string(result.error()), HasSubstr(complaint)) << value;
    }
}

TEST_F(ConfigTable, TheDelimiterIsACharacterOrItsName) {
    const auto delimiter = [&](const std::string& value) {
        const auto result = loaded_with({"input.csv.delimiter=" + value});
        EXPECT_TRUE(result) << value;
        return result ? result->csv.delimiter : '?';
    };
    EXPECT_EQ(delimiter("tab"), '\t');
    EXPECT_EQ(delimiter("\"\\t\""), '\t');
    EXPECT_EQ(delimiter("';'"), ';');
    EXPECT_EQ(delimiter("pipe"), '|');
    EXPECT_EQ(delimiter("auto"), '\0');
    EXPECT_FALSE(loaded_with({"input.csv.delimiter=ab"}));
    EXPECT_FALSE(loaded_with({"input.csv.delimiter='\"'"}));
}

TEST_F(ConfigTable, TheAdminPortIsAnAddressAndAPortOrOff) {
    const auto admin = [&](const std::string& value) {
        const auto result = loaded_with({"admin.listen=\"" + value + "\""});
        EXPECT_TRUE(result) << value;
        return result ? result->admin : Listen{};
    };
    EXPECT_EQ(admin("0.0.0.0:0").address, "0.0.0.0");
    EXPECT_EQ(admin("0.0.0.0:0").port, 0) << "the system chooses one";
    EXPECT_EQ(admin("[::1]:8080").address, "::1") << "the brackets are only for reading";
    EXPECT_EQ(admin("[::1]:8080").port, 8'080);
    EXPECT_EQ(admin("localhost:65535").port, 65'535);
    EXPECT_TRUE(admin("localhost:1").enabled);
    EXPECT_FALSE(admin("off").enabled);
}

TEST_F(ConfigTable, BoundsAreTakenAndWhatIsBeyondIsNot) {
    struct Bounds {
        const char* key;
        const char* below;
        const char* first;
        const char* last;
        const char* beyond;
    };
    for (const auto& [key, below, first, last, beyond] : std::vector<Bounds>{
             {"input.max_document_bytes", "0", "1", "64MiB", "67108865"},
             {"input.window_per_partition", "0", "1", "1000000", "1000001"},
             {"input.max_documents_in_memory", "0", "1", "10000000", "10000001"},
             {"input.max_bytes_in_memory", "1048575", "4MiB", "1024GiB", "1099511627777"},
             {"input.commit_interval", "9ms", "10ms", "10m", "601s"},
             {"input.drain_timeout", "-1s", "0s", "1h", "61m"},
             {"llm.max_output_tokens", "0", "1", "1000000", "1000001"},
             {"llm.temperature", "-0.1", "0", "2", "2.1"},
             {"llm.top_p", "-0.1", "0", "1", "1.1"},
             {"llm.seed", "-1", "0", "9223372036854775807", "9223372036854775808"},
             {"llm.limits.max_in_flight", "0", "1", "65536", "65537"},
             {"llm.retry.max_attempts", "0", "1", "1000", "1001"},
             {"llm.retry.max_reasks", "-1", "0", "100", "101"},
             {"llm.price.output_per_mtok", "-1", "0", "1000000", "1000001"},
             {"output.kafka.max_record_bytes", "1023", "1KiB", "1GiB", "1073741825"},
         }) {
        const std::string option = std::string(key) + "=";
        EXPECT_TRUE(loaded_with({option + first})) << option << first;
        EXPECT_TRUE(loaded_with({option + last})) << option << last;
        for (const char* refused : {below, beyond}) {
            const auto result = loaded_with({option + refused});
            ASSERT_FALSE(result) << option << refused;
            EXPECT_THAT(to_string(result.error()),
                        HasSubstr(std::string(key) + ": found \"" + refused + "\"; expected"));
        }
    }
}

}  // namespace
}  // namespace prelabel::config
