#include <prelabel/labeling/schema_validator.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using testing::HasSubstr;

const std::string draft7 = R"("$schema":"http://json-schema.org/draft-07/schema#")";
const std::string draft2020 = R"("$schema":"https://json-schema.org/draft/2020-12/schema")";

struct Case {
    std::string schema;
    std::vector<std::string> valid;
    std::vector<std::string> invalid;
};

void expect_cases(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        const auto schema = SchemaValidator::compile(each.schema);
        ASSERT_TRUE(schema.has_value()) << each.schema << " " << schema.error().message;
        for (const std::string& value : each.valid)
            EXPECT_EQ(schema->violation(value), std::nullopt) << each.schema << " must accept " << value;
        for (const std::string& value : each.invalid)
            EXPECT_TRUE(schema->violation(value).has_value()) << each.schema << " must refuse " << value;
    }
}

TEST(SchemaValidator, KeepsTheSemanticsThatBothDraftsShare) {
    for (const std::string& draft : {draft7, draft2020}) {
        const auto with = [&](const std::string& rest) { return '{' + draft + ',' + rest + '}'; };
        expect_cases({
            {with(R"("type":"integer")"), {"1", "1.0", "-0"}, {"1.5", "\"1\"", "null"}},
            {with(R"("type":["string","null"])"), {"\"\"", "null"}, {"0", "[]"}},
            {with(R"("enum":["a",[1],{"b":2}])"), {"\"a\"", "[1.0]", R"({"b":2})"}, {"\"A\"", "[]", R"({"b":3})"}},
            {with(R"("const":false)"), {"false"}, {"0", "null", "[]"}},
            {with(R"("minLength":2,"maxLength":3)"), {"\"ab\"", "\"🎉🎉\"", "\"漢字x\"", "7"}, {"\"🎉\"", "\"abcd\""}},
            {with(R"("pattern":"^a+$")"), {"\"aaa\"", "12"}, {"\"ab\"", "\"\""}},
            {with(R"("minimum":1,"exclusiveMaximum":3)"), {"1", "2.9", "\"x\""}, {"0.9", "3"}},
            {with(R"("multipleOf":0.5)"), {"1.5", "0"}, {"1.3"}},
            {with(R"("required":["a"],"properties":{"a":true,"b":false})"),
             {R"({"a":1})", "[]"},
             {"{}", R"({"a":1,"b":1})"}},
            {with(R"("additionalProperties":{"type":"number"},"patternProperties":{"^x":{}})"),
             {R"({"y":1,"xa":"s"})"},
             {R"({"y":"s"})"}},
            {with(R"("propertyNames":{"maxLength":2})"), {R"({"ab":1})"}, {R"({"abc":1})"}},
            {with(R"("minProperties":1,"maxProperties":2)"), {R"({"a":1})"}, {"{}", R"({"a":1,"b":1,"c":1})"}},
            {with(R"("items":{"type":"string"},"minItems":1,"maxItems":2)"),
             {R"(["a"])"},
             {"[]", "[1]", R"(["a","b","c"])"}},
            {with(R"("uniqueItems":true)"), {"[1,2]", R"([{"a":1},{"a":2}])"}, {"[1,1.0]", R"([{"a":1},{"a":1}])"}},
            {with(R"("contains":{"const":1})"), {"[0,1]"}, {"[]", "[2]"}},
            {with(R"("allOf":[{"minimum":1},{"maximum":2}])"), {"1", "2"}, {"0", "3"}},
            {with(R"("anyOf":[{"type":"string"},{"minimum":5}])"), {"\"a\"", "5"}, {"4"}},
            {with(R"("oneOf":[{"type":"integer"},{"minimum":2}])"), {"1", "2.5"}, {"3", "1.5"}},
            {with(R"("not":{"type":"null"})"), {"0"}, {"null"}},
            {with(R"("if":{"const":1},"then":false,"else":{"type":"string"})"), {"\"a\""}, {"1", "2"}},
            {with(R"("format":"email")"), {"\"no address\"", "\"a@b.example\""}, {}},
            {with(R"("unknownKeyword":{"type":"null"})"), {"1"}, {}},
            {with(R"("properties":{"c":{"$ref":"#"}},"additionalProperties":false)"),
             {R"({"c":{"c":{}}})"},
             {R"({"c":{"d":{}}})"}},
        });
    }
}

TEST(SchemaValidator, BooleanSchemasAcceptAllOrNothing) {
    expect_cases({{"true", {"1", "null", "{}"}, {}}, {"false", {}, {"1", "null", "{}"}}, {"{}", {"1", "{}"}, {}}});
    expect_cases({{'{' + draft7 + R"(,"properties":{"a":true,"b":false}})", {R"({"a":1})"}, {R"({"b":1})"}},
                  {'{' + draft7 + R"(,"items":[true,false]})", {"[1]"}, {"[1,2]"}}});
}

TEST(SchemaValidator, KeepsTheSemanticsOfDraft07Alone) {
    expect_cases({
        {'{' + draft7 + R"(,"definitions":{"n":{"type":"integer"}},"items":{"$ref":"#/definitions/n"}})",
         {"[1]"},
         {"[\"a\"]"}},
        {'{' + draft7 +
             R"(,"definitions":{"n":{"type":"integer"}},"properties":{"a":{"$ref":"#/definitions/n","minimum":9}}})",
         {R"({"a":1})"},
         {R"({"a":"x"})"}},
        {'{' + draft7 + R"(,"items":[{"type":"string"}],"additionalItems":{"type":"null"}})",
         {R"(["a",null])"},
         {"[1]", R"(["a",1])"}},
        {'{' + draft7 + R"(,"dependencies":{"a":["b"],"c":{"required":["d"]}}})",
         {R"({"a":1,"b":1})", "{}"},
         {R"({"a":1})", R"({"c":1})"}},
        {'{' + draft7 + R"(,"unevaluatedProperties":false})", {R"({"a":1})"}, {}},
        {'{' + draft7 + R"(,"definitions":{"x":{"$id":"#x","type":"null"}},"$ref":"#x"})", {"null"}, {"1"}},
    });
}

TEST(SchemaValidator, KeepsTheSemanticsOfDraft2020Alone) {
    expect_cases({
        {R"({"$defs":{"n":{"type":"integer"}},"items":{"$ref":"#/$defs/n","minimum":2}})", {"[2]"}, {"[1]", "[\"a\"]"}},
        {R"({"$defs":{"a":{"$anchor":"here","type":"null"}},"$ref":"#here"})", {"null"}, {"1"}},
        {R"({"prefixItems":[{"type":"string"}],"items":{"type":"null"}})",
         {R"(["a",null])", "[]"},
         {"[1]", R"(["a",1])"}},
        {R"({"prefixItems":[{}],"items":false})", {"[1]"}, {"[1,2]"}},
        {R"({"dependentRequired":{"a":["b"]}})", {R"({"a":1,"b":1})", R"({"b":1})"}, {R"({"a":1})"}},
        {R"({"dependentSchemas":{"a":{"maxProperties":1}}})", {R"({"a":1})"}, {R"({"a":1,"b":1})"}},
        {R"({"properties":{"a":{}},"unevaluatedProperties":false})", {R"({"a":1})"}, {R"({"b":1})"}},
        {R"({"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false})", {R"({"a":1})"}, {R"({"a":1,"b":1})"}},
        {R"({"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"properties":{"v":{}}},"unevaluatedProperties":false})",
         {R"({"k":1,"v":1})"},
         {R"({"k":2,"v":1})"}},
        {R"({"prefixItems":[{}],"unevaluatedItems":false})", {"[1]"}, {"[1,2]"}},
        {R"({"contains":{"const":1},"minContains":2,"maxContains":3})", {"[1,1,0]"}, {"[1]", "[1,1,1,1]"}},
        {R"({"contains":{"const":1},"minContains":0})", {"[]"}, {}},
        {R"({"$id":"https://example.test/tree","$dynamicAnchor":"node","properties":{"kids":{"items":{"$dynamicRef":"#node"}}},"required":["v"]})",
         {R"({"v":1,"kids":[{"v":2}]})"},
         {R"({"v":1,"kids":[{}]})"}},
        {R"({"$id":"https://example.test/root","$defs":{"s":{"$id":"sub","type":"string"}},"$ref":"sub"})",
         {"\"a\""},
         {"1"}},
        {R"({"dependencies":{"a":["b"]}})", {R"({"a":1})"}, {}},
    });
}

TEST(SchemaValidator, AcceptsWhatPydanticEmits) {
    expect_cases(
        {{R"({"$defs":{"Entity":{"properties":{"label":{"enum":["PER","ORG"],"title":"Label","type":"string"},)"
          R"("text":{"minLength":1,"title":"Text","type":"string"},"score":{"anyOf":[{"type":"number"},{"type":"null"}],"default":null}},)"
          R"("required":["label","text"],"title":"Entity","type":"object"}},)"
          R"("properties":{"entities":{"items":{"$ref":"#/$defs/Entity"},"title":"Entities","type":"array"}},)"
          R"("required":["entities"],"title":"Answer","type":"object"})",
          {R"({"entities":[{"label":"PER","text":"Ada","score":null}]})", R"({"entities":[]})"},
          {R"({"entities":[{"label":"PER","text":""}]})",
           R"({"entities":[{"label":"PER","text":"Ada","score":"high"}]})"}}});
}

std::string compile_error(std::string_view schema) {
    const auto compiled = SchemaValidator::compile(schema);
    if (compiled.has_value()) return "accepted";
    EXPECT_EQ(compiled.error().fault, Fault::config);
    return compiled.error().message;
}

TEST(SchemaValidator, RefusesWhatIsNoSchemaAndSaysWhere) {
    EXPECT_THAT(compile_error("{"), HasSubstr("not valid JSON"));
    EXPECT_THAT(compile_error(""), HasSubstr("not valid JSON"));
    EXPECT_THAT(compile_error("[]"), HasSubstr("object or a boolean"));
    EXPECT_THAT(compile_error(R"({"type":"strng"})"), HasSubstr("\"/type\""));
    EXPECT_THAT(compile_error(R"({"properties":{"a":{"minLength":-1}}})"), HasSubstr("\"/properties"));
    EXPECT_THAT(compile_error('{' + draft7 + R"(,"required":"a"})"), HasSubstr("\"/required\""));
    EXPECT_NE(compile_error(std::string(10'000, '[') + std::string(10'000, ']')), "accepted");
    EXPECT_NE(compile_error(R"({"pattern":"("})"), "accepted");
}

TEST(SchemaValidator, RefusesOtherDraftsByName) {
    EXPECT_THAT(compile_error(R"({"$schema":"http://json-schema.org/draft-04/schema#"})"), HasSubstr("draft-04"));
    EXPECT_THAT(compile_error(R"({"$schema":"https://json-schema.org/draft/2019-09/schema"})"),
                HasSubstr("supported are"));
    EXPECT_THAT(compile_error(R"({"$schema":7})"), HasSubstr("$schema"));
    for (const char* spelling : {"http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema#",
                                 "https://json-schema.org/draft/2020-12/schema#"})
        EXPECT_EQ(compile_error(std::string(R"({"$schema":")") + spelling + "\"}"), "accepted");
}

TEST(SchemaValidator, RefusesRemoteReferencesInsteadOfFetchingThem) {
    EXPECT_THAT(compile_error(R"({"$ref":"https://example.test/other.json"})"),
                HasSubstr("https://example.test/other.json"));
    EXPECT_THAT(compile_error('{' + draft7 + R"(,"items":{"$ref":"http://127.0.0.1:1/x"}})"), HasSubstr("\"$defs\""));
    EXPECT_NE(compile_error(R"({"$ref":"other.json"})"), "accepted");
    EXPECT_NE(compile_error(R"({"$ref":"#/$defs/absent"})"), "accepted");
}

TEST(SchemaValidator, NamesPointerKeywordAndTheSchemasValue) {
    const auto schema = SchemaValidator::compile(
        R"({"properties":{"entities":{"items":{"properties":{"label":{"enum":["PER","ORG"]}},"required":["label"]}}}})");
    ASSERT_TRUE(schema.has_value());
    EXPECT_EQ(schema->violation(R"({"entities":[{"label":"PER"},{"label":"LOC"}]})"),
              R"(at /entities/1/label: breaks "enum" ["PER","ORG"])");
    EXPECT_THAT(schema->violation(R"({"entities":[{}]})").value_or(""),
                HasSubstr("at /entities/0: breaks \"required\""));
    EXPECT_THAT(SchemaValidator::compile(R"({"type":"object"})")->violation("[]").value_or(""),
                HasSubstr("at the top"));
}

TEST(SchemaValidator, LooksIntoCombinedSchemasForTheCause) {
    const auto schema = SchemaValidator::compile(
        R"({"$defs":{"e":{"required":["text"]}},"allOf":[{"properties":{"entities":{"items":{"allOf":[{"$ref":"#/$defs/e"}]}}}},{}]})");
    ASSERT_TRUE(schema.has_value());
    EXPECT_THAT(schema->violation(R"({"entities":[{"text":"x"},{}]})").value_or(""),
                HasSubstr("at /entities/1: breaks \"required\""));
    const auto either = SchemaValidator::compile(R"({"items":{"anyOf":[{"type":"null"},{"items":{"type":"null"}}]}})");
    EXPECT_THAT(either->violation("[[null,1]]").value_or(""), HasSubstr("at /0: breaks \"anyOf\""));
}

TEST(SchemaValidator, NeverQuotesTheAnswer) {
    const auto schema = SchemaValidator::compile(
        R"({"additionalProperties":{"type":"integer"},"properties":{"a":{"const":1},"b":{"pattern":"^x"},"c":{"maxLength":2},"d":{"uniqueItems":true},)"
        R"("e":{"propertyNames":{"maxLength":1}},"f":{"additionalProperties":false},"g":{"not":{}},"h":{"oneOf":[{"const":1},{"const":2}]}}})");
    ASSERT_TRUE(schema.has_value());
    for (const char* value : {R"({"Rosebud":"Rosebud"})", R"({"a":"Rosebud"})", R"({"b":"Rosebud"})",
                              R"({"c":"Rosebud"})", R"({"d":["Rosebud","Rosebud"]})", R"({"e":{"Rosebud":1}})",
                              R"({"f":{"Rosebud":1}})", R"({"g":"Rosebud"})", R"({"h":"Rosebud"})", "Rosebud"}) {
        const auto violation = schema->violation(value);
        ASSERT_TRUE(violation.has_value()) << value;
        EXPECT_EQ(violation->find("Rosebud"), std::string::npos) << *violation;
    }
}

TEST(SchemaValidator, RefusesAnAnswerTooLargeForRulesThatCompareEachWithEach) {
    const auto unique = SchemaValidator::compile(R"({"uniqueItems":true})");
    ASSERT_TRUE(unique.has_value());
    std::string numbers = "0";
    for (int i = 1; i < 2'048; ++i) numbers += ',' + std::to_string(i);
    EXPECT_EQ(unique->violation('[' + numbers + ']'), std::nullopt);
    EXPECT_THAT(unique->violation('[' + numbers + ",-1]").value_or(""), HasSubstr("more than 2048 items"));
    EXPECT_EQ(SchemaValidator::compile(R"({"type":"array"})")->violation('[' + numbers + ",-1]"), std::nullopt);
}

// A message is kept for each value that no branch accepts: a few megabytes of digits would become gigabytes.
TEST(SchemaValidator, RefusesAnAnswerOfMoreValuesThanItCanComplainAbout) {
    const auto schema =
        SchemaValidator::compile(R"({"anyOf":[{"items":{"type":"null"}},{"items":{"type":"string"}}]})");
    ASSERT_TRUE(schema.has_value());
    std::string zeros = "0";
    for (int i = 0; i < 300'000; ++i) zeros += ",0";
    EXPECT_THAT(schema->violation('[' + zeros + ']').value_or(""), HasSubstr("more than 262144 values"));
}

TEST(SchemaValidator, JudgesNumbersBeyondADouble) {
    expect_cases({
        {R"({"properties":{"a":{"type":"string"}}})", {R"({"a":"x","n":1e309})", R"({"n":-1e400,"m":1e-400})"}, {}},
        {R"({"type":"number"})", {"1e309", std::string(400, '9'), "1e-999999"}, {"\"1e309\""}},
        {R"({"maximum":10})", {"-1e309"}, {"1e309", std::string(400, '9')}},
    });
}

TEST(SchemaValidator, RefusesValuesThatAreNotJsonOrTooDeep) {
    const auto schema = SchemaValidator::compile("true");
    EXPECT_TRUE(schema->violation("{").has_value());
    EXPECT_TRUE(schema->violation(std::string(100'000, '[')).has_value());
}

TEST(SchemaValidator, IsReusedAfterViolationsAndMoves) {
    auto first = SchemaValidator::compile(R"({"type":"null"})");
    ASSERT_TRUE(first.has_value());
    SchemaValidator moved = std::move(*first);
    for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(moved.violation("1").has_value());
        EXPECT_FALSE(moved.violation("null").has_value());
    }
}

}  // namespace
}  // namespace prelabel::labeling
