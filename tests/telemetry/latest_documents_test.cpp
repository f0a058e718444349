#include <prelabel/telemetry/latest_documents.hpp>

#include <string>

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::telemetry {
namespace {

rapidjson::Document parsed(const LatestDocuments& latest) {
    rapidjson::Document json;
    json.Parse<rapidjson::kParseValidateEncodingFlag>(latest.json().c_str());
    EXPECT_FALSE(json.HasParseError()) << latest.json();
    return json;
}

std::string record(const std::string& id, std::size_t bytes) {
    const std::string head = R"({"id":")" + id + R"(","text":")";
    return head + std::string(bytes - head.size() - 2, 'x') + "\"}";
}

TEST(LatestDocuments, AreThereAsPublishedTheLatestFirst) {
    LatestDocuments latest;
    EXPECT_EQ(parsed(latest)["latest"].Size(), 0U);
    latest.labeled(R"({"id":"a","text":"<script>"})");
    latest.labeled(R"({"id":"b"})");
    const auto json = parsed(latest);
    EXPECT_EQ(json["documents"].GetInt(), 2);
    EXPECT_STREQ(json["latest"][0]["id"].GetString(), "b");
    EXPECT_STREQ(json["latest"][1]["text"].GetString(), "<script>");
}

TEST(LatestDocuments, AreAtMostTwenty) {
    LatestDocuments latest;
    for (int i = 0; i < 50; ++i) latest.labeled(R"({"id":")" + std::to_string(i) + R"("})");
    const auto json = parsed(latest);
    EXPECT_EQ(json["documents"].GetInt(), 50);
    ASSERT_EQ(json["latest"].Size(), LatestDocuments::documents_max);
    EXPECT_STREQ(json["latest"][19]["id"].GetString(), "30");
}

TEST(LatestDocuments, HaveABoundOnTheirBytes) {
    LatestDocuments latest;
    for (int i = 0; i < 20; ++i) latest.labeled(record(std::to_string(i), LatestDocuments::document_bytes_max));
    EXPECT_EQ(parsed(latest)["latest"].Size(), 8U) << "eight of 64 KiB";
    EXPECT_LE(latest.json().size(), LatestDocuments::bytes_max + 1'000);
    latest.labeled(record("long", LatestDocuments::document_bytes_max + 1));
    const auto json = parsed(latest);
    EXPECT_EQ(json["latest"][0]["too_long_bytes"].GetUint64(), LatestDocuments::document_bytes_max + 1);
    EXPECT_STREQ(json["latest"][1]["id"].GetString(), "19");
}

TEST(LatestDocuments, TakeNoCopyOfARecordThatIsTooLong) {
    const auto just = record("a", LatestDocuments::document_bytes_max);
    EXPECT_EQ(LatestDocuments::shown_of(just), just);
    EXPECT_EQ(LatestDocuments::shown_of(record("a", 5U << 20)), R"({"too_long_bytes":5242880})");
}

TEST(LatestDocuments, SayWhyADocumentBecameADeadLetter) {
    LatestDocuments latest;
    latest.dead_lettered("invalid_answer", "not \"JSON\" \xFC", "raw/0/7");
    const auto json = parsed(latest);
    const auto& letter = json["latest"][0]["dead_letter"];
    EXPECT_STREQ(letter["class"].GetString(), "invalid_answer");
    EXPECT_STREQ(letter["message"].GetString(), "not \"JSON\" \xEF\xBF\xBD");
    EXPECT_STREQ(letter["place"].GetString(), "raw/0/7");
}

TEST(LatestDocuments, CutAnEndlessMessage) {
    LatestDocuments latest;
    latest.dead_lettered("deadline", std::string(1U << 20, 'm'), std::string(1U << 20, 'p'));
    EXPECT_LE(latest.json().size(), LatestDocuments::document_bytes_max);
}

}  // namespace
}  // namespace prelabel::telemetry
