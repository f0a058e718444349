#include <prelabel/labeling/document_reader.hpp>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

Record record_of(std::string value) {
    Record record;
    record.origin = {{"raw", 3}, 17, 0};
    record.value = std::move(value);
    return record;
}

Document read(const DocumentReader& reader, std::string value) {
    auto outcome = reader.read(record_of(std::move(value)));
    const auto* unreadable = std::get_if<Unreadable>(&outcome);
    EXPECT_EQ(unreadable, nullptr) << unreadable->problem;
    return unreadable ? Document{} : std::get<Document>(outcome);
}

std::string problem(const DocumentReader& reader, std::string value) {
    auto outcome = reader.read(record_of(std::move(value)));
    const auto* unreadable = std::get_if<Unreadable>(&outcome);
    return unreadable ? unreadable->problem : "read as: " + std::get<Document>(outcome).text;
}

TEST(DocumentReader, FindsTextAndIdAtTheirPointers) {
    const DocumentReader reader({.text = "/body/text", .id = "/doc_id"});
    const auto document = read(
        reader, R"({"meta": {"text": "no"}, "body": {"x": [1, {"text": "no"}], "text": "yes 🎉"}, "doc_id": "d1"})");
    EXPECT_EQ(document.text, "yes 🎉");
    EXPECT_EQ(document.id, "d1");
}

TEST(DocumentReader, FollowsArrayIndicesAndEscapedKeys) {
    const DocumentReader reader({.text = "/parts/1/a~1b~0c", .id = "/id"});
    const auto document = read(reader, R"({"parts": [{"a/b~c": "zero"}, {"a/b~c": "one"}, [["deep"]]], "id": 42})");
    EXPECT_EQ(document.text, "one");
    EXPECT_EQ(document.id, "42");
}

TEST(DocumentReader, AcceptsThePointerToTheWholeValue) {
    EXPECT_EQ(read(DocumentReader({.text = "", .id = "/id"}), R"("just text")").text, "just text");
}

TEST(DocumentReader, NamesADocumentWithoutIdByItsKeyOrItsPlace) {
    const DocumentReader reader(InputSettings{});
    auto record = record_of(R"({"text": "x"})");
    EXPECT_EQ(std::get<Document>(reader.read(record)).id, "raw/3/17");
    record.key = "key-1";
    EXPECT_EQ(std::get<Document>(reader.read(record)).id, "key-1");
    record.key = "\xff";
    EXPECT_EQ(std::get<Document>(reader.read(record)).id, "raw/3/17") << "a binary key is no name";
}

TEST(DocumentReader, TakesAWholeTextRecord) {
    const DocumentReader reader({.format = InputFormat::text});
    EXPECT_EQ(read(reader, "{not json} ü").text, "{not json} ü");
    EXPECT_EQ(problem(reader, "ab\xff"), "byte 0xFF at column 3 is not UTF-8; it looks like Latin-1");
    EXPECT_EQ(problem(reader, ""), "the text is empty");
    EXPECT_EQ(problem(reader, std::string("a\0b", 3)), "the text holds U+0000");
}

TEST(DocumentReader, SaysWhatIsWrongWithARecord) {
    const DocumentReader reader(InputSettings{});
    EXPECT_EQ(problem(reader, "not json").substr(0, 9), "not JSON:");
    EXPECT_EQ(problem(reader, "").substr(0, 9), "not JSON:");
    EXPECT_EQ(problem(reader, R"({"text": "cut off)").substr(0, 9), "not JSON:");
    EXPECT_EQ(problem(reader, R"({"body": "x"})"), "no text at /text; input.text says where it is");
    EXPECT_EQ(problem(reader, R"({"a": {"text": "x"}, "b": [{"text": "y"}]})"),
              "no text at /text; input.text says where it is");
    EXPECT_EQ(problem(reader, R"( [{"text": "x"}])"), "no text at /text: the record is a list; an object is expected");
    EXPECT_EQ(problem(reader, R"({"text": ""})"), "the text is empty");
    EXPECT_EQ(problem(reader, R"({"text": 7})"), "/text is not a string");
    EXPECT_EQ(problem(reader, R"({"text": null})"), "/text is not a string");
    EXPECT_EQ(problem(reader, R"({"text": ["x"]})"), "/text is not a string");
    EXPECT_EQ(problem(reader, R"({"text": "x", "id": 1.5})"), "/id is neither a string nor an integer");
    EXPECT_EQ(problem(reader, R"({"text": "a\u0000b"})"), "the text holds U+0000");
    EXPECT_EQ(problem(reader, "{\"text\": \"\xff\"}"), "byte 0xFF at column 11 is not UTF-8; it looks like Latin-1");
    EXPECT_EQ(problem(reader, R"({"text": "\ud800"})").substr(0, 9), "not JSON:") << "a lone surrogate is no text";
    EXPECT_EQ(problem(reader, R"({"text": "\udc00"})"), "/text holds an unpaired surrogate");
    EXPECT_EQ(problem(reader, R"({"text": "x", "id": "\udc00"})"), "/id holds an unpaired surrogate");
}

TEST(DocumentReader, RefusesATextThatStandsTwice) {
    const DocumentReader reader(InputSettings{});
    EXPECT_EQ(problem(reader, R"({"text": "a", "text": "b"})"), "/text stands twice in the record");
    EXPECT_EQ(problem(reader, R"({"id": "a", "id": "b", "text": "x"})"), "/id stands twice in the record");
    EXPECT_EQ(read(reader, R"({"other": 1, "other": 2, "text": "x"})").text, "x")
        << "keys we do not read are not ours to judge";
}

TEST(DocumentReader, RefusesWhatFollowsTheValue) {
    const DocumentReader reader(InputSettings{});
    EXPECT_EQ(problem(reader, R"({"text": "x"} {"text": "y"})").substr(0, 9), "not JSON:");
    EXPECT_EQ(problem(reader, std::string("{\"text\": \"x\"}\0garbage", 21)).substr(0, 9), "not JSON:");
    EXPECT_EQ(read(reader, "{\"text\": \"x\"} \r\n").text, "x");
}

TEST(DocumentReader, RefusesDepthWithoutRecursion) {
    const DocumentReader reader(InputSettings{});
    const std::string deep = R"({"text": "x", "a": )" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
    EXPECT_EQ(problem(reader, deep), "the JSON nests deeper than 128");
    const std::string fine = R"({"a": )" + std::string(127, '[') + std::string(127, ']') + R"(, "text": "x"})";
    EXPECT_EQ(read(reader, fine).text, "x");
}

/// Numbers that are JSON though no double holds them.
const std::vector<std::string>& numbers_beyond_a_double() {
    static const std::vector<std::string> all = {
        "1e309",
        "-1e309",
        "1E+999999999999999999999",
        "1e-999999999999999999999",
        "0e99999999999",
        "1." + std::string(100'000, '7') + "e400",
        std::string(400, '9'),
        '-' + std::string(100'000, '9') + ".5",
        "0." + std::string(100'000, '0') + "1",
        "1e" + std::string(100'000, '0') + "309",
    };
    return all;
}

TEST(DocumentReader, ReadsARecordWithNumbersBeyondADoubleInOtherKeys) {
    const DocumentReader reader(InputSettings{});
    for (const std::string& number : numbers_beyond_a_double()) {
        const std::string shown = number.substr(0, 40);
        const auto before = read(reader, R"({"n": [)" + number + R"(, true], "text": "1e999 \" 1e999", "id": "1e5"})");
        EXPECT_EQ(before.text, "1e999 \" 1e999") << shown;
        EXPECT_EQ(before.id, "1e5");
        EXPECT_EQ(read(reader, R"({"text": "x", "n": {"m":)" + number + "}}\n").text, "x") << shown;
        EXPECT_EQ(read(reader, R"({"id": 18446744073709551616, "text": "x", "n":)" + number + '}').id,
                  "18446744073709551616")
            << shown;
    }
}

TEST(DocumentReader, StillRefusesWhatIsNoNumberBesideOneBeyondADouble) {
    const DocumentReader reader(InputSettings{});
    for (const char* wrong : {"1e", "1e+", "01", "1.", ".5", "+1", "1e5e5", "1ee5", "0x10", "--1", "1 2", "1e309x"})
        EXPECT_EQ(problem(reader, std::string(R"({"text": "x", "n": 1e309, "m": )") + wrong + '}').substr(0, 9),
                  "not JSON:")
            << wrong;
    EXPECT_EQ(problem(reader, R"({"text": 1e309})"), "/text is not a string");
    EXPECT_EQ(problem(reader, R"({"text": "x", "id": 1e309})"), "/id is neither a string nor an integer");
    EXPECT_EQ(problem(reader, R"({"text": "x", "id": )" + std::string(400, '9') + '}'),
              "/id is neither a string nor an integer");
    EXPECT_EQ(problem(reader, R"({"text": "x", "n": 1e309} 1)").substr(0, 9), "not JSON:");
}

TEST(DocumentReader, TakesTheDigitsOfAnIntegerIdAsTheyStand) {
    const DocumentReader reader(InputSettings{});
    for (const char* id : {"0", "-7", "9007199254740993", "18446744073709551615", "123456789012345678901234567890"})
        EXPECT_EQ(read(reader, std::string(R"({"text": "x", "id": )") + id + '}').id, id);
}

TEST(DocumentReader, SetsTooLargeTextsApart) {
    const DocumentReader reader({.text_bytes_max = 10});
    auto outcome = reader.read(record_of(R"({"text": "0123456789a"})"));
    ASSERT_TRUE(std::holds_alternative<Unreadable>(outcome));
    EXPECT_TRUE(std::get<Unreadable>(outcome).too_large);
    EXPECT_EQ(read(reader, R"({"text": "0123456789"})").text, "0123456789");
}

TEST(DocumentReader, LetsMetadataThroughAsItStands) {
    const DocumentReader reader({.pass = {.pointers = {"/customer/tier", "/lang", "/n"}}});
    EXPECT_EQ(read(reader, R"({"text": "x", "customer": {"tier": "gold"}, "lang": "de", "n": 1.50})").metadata,
              R"({"tier":"gold","lang":"de","n":1.50})");
    EXPECT_EQ(read(reader, R"({"text": "x"})").metadata, R"({"tier":null,"lang":null,"n":null})");
    EXPECT_EQ(
        read(DocumentReader({.pass = {.all = true}}), R"({"id": 7, "text": "x", "a": [1, {"b": null}]})").metadata,
        R"({"a":[1,{"b":null}]})");
    EXPECT_EQ(read(DocumentReader(InputSettings{}), R"({"text": "x", "a": 1})").metadata, "");
    EXPECT_EQ(read(DocumentReader({.format = InputFormat::text, .pass = {.all = true}}), "x").metadata, "{}");
}

TEST(DocumentReader, RefusesMetadataThatNoRecordCouldHold) {
    const DocumentReader reader({.pass = {.all = true}, .metadata_bytes_max = 20});
    const auto unreadable = reader.read(
        Record{.origin = {}, .key = {}, .value = R"({"text": "x", "more": "secretword secretword"})", .headers = {}});
    ASSERT_TRUE(std::holds_alternative<Unreadable>(unreadable));
    EXPECT_TRUE(std::get<Unreadable>(unreadable).too_large);
    EXPECT_EQ(std::get<Unreadable>(unreadable).problem,
              "what passes through (input.pass) has 32 bytes, more than a record may have");
    EXPECT_EQ(problem(reader, R"({"text": "x", "y": "\udc00"})"), "what passes through holds an unpaired surrogate");
}

TEST(DocumentReader, KnowsAValidPointer) {
    EXPECT_TRUE(DocumentReader::valid_pointer(""));
    EXPECT_TRUE(DocumentReader::valid_pointer("/a~0b/~1"));
    EXPECT_FALSE(DocumentReader::valid_pointer("text"));
    EXPECT_FALSE(DocumentReader::valid_pointer("/a~2"));
    EXPECT_FALSE(DocumentReader::valid_pointer("/a~"));
}

}  // namespace
}  // namespace prelabel::labeling
