#include <prelabel/config/reference.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::config {
namespace {

/// The published file must be what the tables say; PRELABEL_UPDATE=1 writes it.
void expect_published(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path(PRELABEL_SOURCE_DIR) / "docs" / name;
    if (std::getenv("PRELABEL_UPDATE") != nullptr) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
    std::ifstream stream(path, std::ios::binary);
    const std::string published{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_TRUE(published == text) << path
                                   << " has drifted: run this test with PRELABEL_UPDATE=1 and look at the change";
}

TEST(Reference, IsWhatIsPublished) {
    expect_published("configuration.md", configuration_markdown());
    expect_published("schemas/config.schema.json", config_schema_json());
    expect_published("schemas/task.schema.json", task_schema_json());
}

TEST(Reference, ShowsTheDefaultsOfTheLibraries) {
    const auto text = configuration_markdown();
    EXPECT_THAT(text, ::testing::HasSubstr("| `llm.limits.max_in_flight` | an integer from 1 to 65536 | `512` |"));
    EXPECT_THAT(text, ::testing::HasSubstr("`llm.timeout.connect`"));
    EXPECT_THAT(text, ::testing::HasSubstr("| `5s` |"));
    EXPECT_THAT(text, ::testing::HasSubstr("`labels[].description`"));
}

TEST(Reference, SchemasAreJsonThatRefusesUnknownKeys) {
    for (const auto& text : {config_schema_json(), task_schema_json()}) {
        rapidjson::Document schema;
        schema.Parse(text.c_str());
        ASSERT_FALSE(schema.HasParseError());
        EXPECT_STREQ(schema["type"].GetString(), "object");
        EXPECT_FALSE(schema["additionalProperties"].GetBool());
    }
    rapidjson::Document schema;
    schema.Parse(config_schema_json().c_str());
    const auto& limits = schema["properties"]["llm"]["properties"]["limits"];
    EXPECT_FALSE(limits["additionalProperties"].GetBool());
    EXPECT_EQ(limits["properties"]["max_in_flight"]["default"].GetInt(), 512);
    EXPECT_EQ(limits["properties"]["max_in_flight"]["anyOf"][0]["maximum"].GetInt(), 65'536);
}

}  // namespace
}  // namespace prelabel::config
