// Long: all forms of one schema, held against each other.

#include "sample_record.hpp"

#include <prelabel/labeling/schema_validator.hpp>
#include <prelabel/record/annotation_json.hpp>
#include <prelabel/record/record_schema.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace prelabel::record {
namespace {

using ::testing::HasSubstr;
using Names = std::vector<std::string>;

labeling::Task sample_task() {
    labeling::Task task;
    task.name = "news-ner";
    task.instructions = "Label every mention, also inside quotations.";
    task.labels = {{"PER", "people, also fictional"}, {"ORG", "companies, agencies, teams"}, {"LOC", "places"}};
    return task;
}

AnnotationRecord full_record() {
    AnnotationRecord record = published_example();
    record.text = "Ada 🎉";
    record.findings.entities = {{"PER", "Ada", {0, 3}, {0, 3}, {0, 3}, labeling::Match::exact, 0.97},
                                {"LOC", "Ada", {0, 3}, {0, 3}, {0, 3}, labeling::Match::normalized, std::nullopt}};
    return record;
}

AnnotationRecord record_of_a_file() {
    AnnotationRecord record = full_record();
    record.source = {{"data/in.jsonl", 0}, 3, -1, 17};
    record.metadata = R"({"tier":"gold"})";
    record.raw_answer = "{}";
    return record;
}

rapidjson::Document parse(const std::string& json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
    EXPECT_FALSE(document.HasParseError());
    return document;
}

/// All paths of fields, in order, lists by their first item: "task", "task.name", "entities", "entities.id", …
Names paths_of_record(const rapidjson::Value& value, const std::string& prefix = "") {
    if (value.IsArray()) return value.Empty() ? Names() : paths_of_record(value[0], prefix);
    Names out;
    if (!value.IsObject()) return out;
    for (const auto& member : value.GetObject()) {
        out.push_back(prefix + member.name.GetString());
        const auto below = paths_of_record(member.value, out.back() + ".");
        out.insert(out.end(), below.begin(), below.end());
    }
    return out;
}

Names paths_of_json_schema(const rapidjson::Value& schema, const std::string& prefix = "") {
    if (schema.HasMember("items")) return paths_of_json_schema(schema["items"], prefix);
    Names out;
    if (!schema.HasMember("properties")) return out;
    EXPECT_FALSE(schema["additionalProperties"].GetBool()) << prefix;
    for (const auto& member : schema["properties"].GetObject()) {
        out.push_back(prefix + member.name.GetString());
        const auto below = paths_of_json_schema(member.value, out.back() + ".");
        out.insert(out.end(), below.begin(), below.end());
    }
    return out;
}

Names paths_of_avro(const rapidjson::Value& type, const std::string& prefix = "") {
    Names out;
    if (type.IsArray()) return paths_of_avro(type[1], prefix);
    if (!type.IsObject()) return out;
    if (type.HasMember("items")) return paths_of_avro(type["items"], prefix);
    for (const auto& field : type["fields"].GetArray()) {
        out.push_back(prefix + field["name"].GetString());
        const auto below = paths_of_avro(field["type"], out.back() + ".");
        out.insert(out.end(), below.begin(), below.end());
    }
    return out;
}

std::optional<std::string> violation(const AnnotationRecord& record) {
    static const auto schema =
        labeling::SchemaValidator::compile(record_schema(sample_task(), SchemaFormat::jsonschema));
    EXPECT_TRUE(schema);
    return schema->violation(to_json(record));
}

/// The fields of records from all sources with all extras, in their order; `metadata` has members of its own.
Names all_paths() {
    Names names = paths_of_record(parse(to_json(record_of_a_file())));
    std::erase(names, "metadata.tier");
    const auto source = std::ranges::find(names, "source");
    names.erase(source + 1, source + 4);  // file, line, offset
    const Names of_all{"source.topic", "source.partition", "source.file",
                       "source.line",  "source.offset",    "source.timestamp_ms"};
    names.insert(std::ranges::find(names, "source") + 1, of_all.begin(), of_all.end());
    return names;
}

TEST(RecordSchema, HasTheFieldsOfARecordInTheirOrder) {
    const auto schema = parse(record_schema(sample_task(), SchemaFormat::jsonschema));
    EXPECT_EQ(paths_of_json_schema(schema), all_paths());
    for (const char* name : {"metadata", "relations"})
        for (const auto& required : schema["required"].GetArray()) EXPECT_STRNE(required.GetString(), name);
}

TEST(RecordSchema, AcceptsEveryRecordThatIsWritten) {
    EXPECT_EQ(violation(full_record()), std::nullopt);
    EXPECT_EQ(violation(AnnotationRecord{}), std::nullopt);
    EXPECT_EQ(violation(record_of_a_file()), std::nullopt);
    auto record = full_record();
    for (const auto match : enum_values<labeling::Match>) {
        record.findings.entities[0].match = match;
        EXPECT_EQ(violation(record), std::nullopt);
    }
    for (const auto reason : enum_values<labeling::DiscardReason>) {
        record.findings.discarded[0] = {"no such label", "", reason};
        EXPECT_EQ(violation(record), std::nullopt);
    }
    for (const auto tier : enum_values<CacheTier>) {
        record.cache = tier;
        EXPECT_EQ(violation(record), std::nullopt);
    }
    record.text.append(100'000, 'x');
    const auto within = to_json_within(record, 50'000);
    ASSERT_TRUE(within);
    const auto schema = labeling::SchemaValidator::compile(record_schema(sample_task(), SchemaFormat::jsonschema));
    EXPECT_EQ(schema->violation(within->line), std::nullopt);
}

TEST(RecordSchema, RefusesAnEntityWhoseLabelIsNotTheTasks) {
    auto record = full_record();
    record.findings.entities[0].label = "GPE";
    EXPECT_NE(violation(record), std::nullopt);
}

TEST(RecordSchema, RefusesAFieldTooMuchAndAFieldTooFew) {
    const auto schema = labeling::SchemaValidator::compile(record_schema(sample_task(), SchemaFormat::jsonschema));
    const auto json = to_json(full_record());
    EXPECT_NE(schema->violation(R"({"more":1,)" + json.substr(1)), std::nullopt);
    EXPECT_NE(schema->violation("{" + json.substr(json.find(R"("text")"))), std::nullopt);
}

TEST(RecordSchema, HasTheSameFieldsInAvro) {
    auto avro = parse(record_schema(sample_task(), SchemaFormat::avro));
    auto names = paths_of_avro(avro);
    // Fields that tasks of another kind fill have their shape here, too.
    std::erase_if(names, [](const std::string& name) {
        return name.starts_with("relations") || name.starts_with("labels") || name == "fields" || name == "output_text";
    });
    EXPECT_EQ(names, all_paths());
}

/// Whether a value of a record is one of the Avro type.
bool fits_avro(const rapidjson::Value& value, const rapidjson::Value& type) {
    if (type.IsArray()) return value.IsNull() || fits_avro(value, type[1]);
    if (type.IsString()) {
        const std::string name = type.GetString();
        if (name == "string") return value.IsString();
        if (name == "int") return value.IsInt();
        return name == "long" ? value.IsInt64() : name == "double" && value.IsDouble();
    }
    if (type.HasMember("items")) {
        if (!value.IsArray()) return false;
        for (const auto& item : value.GetArray()) {
            if (!fits_avro(item, type["items"])) return false;
        }
        return true;
    }
    for (const auto& field : type["fields"].GetArray()) {
        const auto member = value.FindMember(field["name"].GetString());
        const bool absent = member == value.MemberEnd();
        if (absent && !(field.HasMember("default") && field["default"].IsNull())) return false;
        // An object of any shape has no type in Avro: it is written as its JSON text.
        if (!absent && !member->value.IsObject() && !fits_avro(member->value, field["type"])) return false;
        if (!absent && member->value.IsObject() && field["type"].IsObject() && !fits_avro(member->value, field["type"]))
            return false;
    }
    return true;
}

TEST(RecordSchema, HasTheTypesOfARecordInAvro) {
    const auto avro = parse(record_schema(sample_task(), SchemaFormat::avro));
    EXPECT_TRUE(fits_avro(parse(to_json(full_record())), avro));
    EXPECT_TRUE(fits_avro(parse(to_json(AnnotationRecord{})), avro));
    EXPECT_TRUE(fits_avro(parse(to_json(record_of_a_file())), avro));
}

Names paths_of_features(const rapidjson::Value& features, const std::string& prefix = "") {
    if (features.HasMember("feature")) return paths_of_features(features["feature"], prefix);
    Names out;
    if (features.HasMember("_type")) return out;
    for (const auto& member : features.GetObject()) {
        out.push_back(prefix + member.name.GetString());
        const auto below = paths_of_features(member.value, out.back() + ".");
        out.insert(out.end(), below.begin(), below.end());
    }
    return out;
}

TEST(RecordSchema, HasTheFieldsOfTheAvroSchemaAsFeatures) {
    const auto features = parse(record_schema(sample_task(), SchemaFormat::features));
    EXPECT_EQ(paths_of_features(features), paths_of_avro(parse(record_schema(sample_task(), SchemaFormat::avro))));
    EXPECT_STREQ(features["metadata"]["_type"].GetString(), "Json");
    EXPECT_STREQ(features["usage"]["cost_usd"]["dtype"].GetString(), "float64");
    EXPECT_STREQ(features["model"]["response_ids"]["feature"]["dtype"].GetString(), "string");
}

/// Paths of columns; every id that is met goes to `ids`.
Names paths_of_iceberg(const rapidjson::Value& type, std::vector<int>& ids, const std::string& prefix = "") {
    Names out;
    if (!type.IsObject()) return out;
    if (type.HasMember("element")) {
        ids.push_back(type["element-id"].GetInt());
        return paths_of_iceberg(type["element"], ids, prefix);
    }
    for (const auto& field : type["fields"].GetArray()) {
        ids.push_back(field["id"].GetInt());
        out.push_back(prefix + field["name"].GetString());
        const auto below = paths_of_iceberg(field["type"], ids, out.back() + ".");
        out.insert(out.end(), below.begin(), below.end());
    }
    return out;
}

TEST(RecordSchema, NumbersTheColumnsOfTheIcebergTable) {
    const auto table = parse(record_schema(sample_task(), SchemaFormat::iceberg_json));
    std::vector<int> ids;
    const auto names = paths_of_iceberg(table["schema"], ids);
    EXPECT_EQ(names, paths_of_avro(parse(record_schema(sample_task(), SchemaFormat::avro))));
    for (std::size_t at = 0; at < ids.size(); ++at) EXPECT_EQ(ids[at], static_cast<int>(at) + 1);
    // Its partitions are days of the time that this column has.
    const auto& partition = table["partition-spec"]["fields"][0];
    EXPECT_STREQ(partition["transform"].GetString(), "day");
    const auto& run = table["schema"]["fields"][table["schema"]["fields"].Size() - 1];
    const auto& labeled_at = run["type"]["fields"][3];
    EXPECT_STREQ(labeled_at["name"].GetString(), "labeled_at");
    EXPECT_STREQ(labeled_at["type"].GetString(), "timestamptz");
    EXPECT_EQ(labeled_at["id"].GetInt(), partition["source-id"].GetInt());
}

TEST(RecordSchema, HasEveryFieldInTheDdl) {
    const auto iceberg = record_schema(sample_task(), SchemaFormat::iceberg);
    const auto sql = record_schema(sample_task(), SchemaFormat::sql);
    std::size_t at = 0;
    for (const auto& path : all_paths()) {
        const auto name = path.substr(path.rfind('.') + 1);
        at = iceberg.find("`" + name + "`", at);
        ASSERT_NE(at, std::string::npos) << path << " is missing or out of order";
    }
    for (const char* column :
         {R"("id" TEXT NOT NULL)", R"("task_version" TEXT NOT NULL)", R"("entities" JSON NOT NULL)",
          R"("fields" JSON,)", R"("output_text" TEXT,)", R"("usage_cost_usd" DOUBLE PRECISION,)",
          R"("relations" JSON,)", R"("metadata" JSON,)", R"("source_partition" INTEGER,)", R"("source_file" TEXT,)",
          R"("model_raw_answer" TEXT,)", R"("source_offset" BIGINT NOT NULL)",
          R"("run_labeled_at" TIMESTAMPTZ NOT NULL)"})
        EXPECT_THAT(sql, HasSubstr(column));
    for (const char* column :
         {"`labeled_at`: TIMESTAMP NOT NULL", "`confidence`: DOUBLE COMMENT", "`entities` ARRAY<STRUCT<",
          "`response_ids`: ARRAY<STRING> NOT NULL", "`output_text` STRING COMMENT"})
        EXPECT_THAT(iceberg, HasSubstr(column));
}

TEST(RecordSchema, QuotesTheTasksWords) {
    auto task = sample_task();
    task.name = "it's \"quoted\"";
    task.labels = {{"A\"B", ""}};
    const auto schema = parse(record_schema(task, SchemaFormat::jsonschema));
    const auto& label = schema["properties"]["entities"]["items"]["properties"]["label"];
    EXPECT_STREQ(label["enum"][0].GetString(), "A\"B");
}

TEST(RecordSchema, IsPublishedAsItIsRendered) {
    const std::array<std::pair<SchemaFormat, const char*>, 6> files = {
        {{SchemaFormat::jsonschema, "record.schema.json"},
         {SchemaFormat::avro, "record.avsc"},
         {SchemaFormat::iceberg, "record.iceberg.sql"},
         {SchemaFormat::iceberg_json, "record.iceberg.json"},
         {SchemaFormat::sql, "record.sql"},
         {SchemaFormat::features, "record.features.json"}}};
    for (const auto& [format, name] : files) {
        const std::string path = std::string(PRELABEL_SOURCE_DIR "/docs/schemas/") + name;
        const std::string rendered = record_schema(sample_task(), format);
        if (std::getenv("PRELABEL_UPDATE") != nullptr) std::ofstream(path) << rendered;
        std::ifstream file(path);
        std::stringstream published;
        published << file.rdbuf();
        EXPECT_TRUE(published.str() == rendered)
            << "docs/schemas/" << name << " is out of date; regenerate it with\n"
            << "  PRELABEL_UPDATE=1 record_test --gtest_filter=RecordSchema.IsPublishedAsItIsRendered";
    }
}

}  // namespace
}  // namespace prelabel::record
