#include <prelabel/labeling/answer_parser.hpp>

#include <ostream>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using testing::HasSubstr;

const std::string two = R"({"entities":[{"label":"PER","text":"Ada"},{"text":"IBM","label":"ORG"}]})";
const std::vector<Mention> two_mentions = {{"PER", "Ada"}, {"ORG", "IBM"}};

std::string problem(std::string_view content, const AnswerLimits& limits = {}) {
    const auto answer = parse_answer(content, limits);
    if (answer.has_value()) return "accepted";
    EXPECT_EQ(answer.error().fault, Fault::input);
    return answer.error().message;
}

TEST(AnswerParser, ReadsMentionsInOrderWithRepeats) {
    const auto answer =
        parse_answer(R"({"entities": [{"label": "PER", "text": "Ada"}, {"label": "PER", "text": "Ada"}]})");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->mentions, (std::vector<Mention>{{"PER", "Ada"}, {"PER", "Ada"}}));
    EXPECT_FALSE(answer->cut_out);
    EXPECT_EQ(answer->extra_key_in, std::nullopt);
}

TEST(AnswerParser, ReadsNoMentions) {
    const auto answer = parse_answer(R"({"entities": []})");
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->mentions.empty());
}

TEST(AnswerParser, DecodesEscapesAndKeepsOtherScripts) {
    const auto answer = parse_answer(R"({"entities":[{"label":"PER","text":"Zo\u00eb \"\ud83c\udf89\" \/ 漢字 🎉"}]})");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->mentions[0].text, "Zoë \"🎉\" / 漢字 🎉");
}

TEST(AnswerParser, WhiteSpaceAroundTheObjectIsPartOfIt) {
    const std::string content = "\n \t" + two + "\r\n";
    const auto answer = parse_answer(content);
    ASSERT_TRUE(answer.has_value());
    EXPECT_FALSE(answer->cut_out);
    EXPECT_EQ(answer->json, two);
}

class Wrapped : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Wrapped, IsCutOutAndMarkedAsSuch) {
    const std::string content = GetParam().first + two + GetParam().second;
    const auto answer = parse_answer(content);
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->mentions, two_mentions);
    EXPECT_EQ(answer->json, two);
    EXPECT_TRUE(answer->cut_out);
}

INSTANTIATE_TEST_SUITE_P(AnswerParser, Wrapped,
                         testing::Values(std::pair{"```json\n", "\n```"}, std::pair{"```\n", "\n```\n"},
                                         std::pair{"```json", "```"},
                                         std::pair{"Here it is:\n```json\n", "\n```\nDone."}, std::pair{"Sure! ", ""},
                                         std::pair{"", "\nI found {two} of them."}, std::pair{"In {this} text: ", ""},
                                         std::pair{"{\"thought\": \"none\"} and then ", ""}, std::pair{"```json\n", ""},
                                         std::pair{"\xEF\xBB\xBF", ""}, std::pair{"<think>{ hmm }</think>", ""},
                                         std::pair{"<think>perhaps {\"entities\":[]}?</think>\n", ""},
                                         std::pair{"perhaps {\"entities\":[]}\n</think>\n\n", "\n"}));

TEST(AnswerParser, RefusesWhatIsNoObjectWithASentence) {
    EXPECT_THAT(problem(""), HasSubstr("empty"));
    EXPECT_THAT(problem(" \n"), HasSubstr("empty"));
    EXPECT_THAT(problem("<think>perhaps {\"entities\":[]}"), HasSubstr("ends before it begins"));
    EXPECT_THAT(problem("I cannot help with that."), HasSubstr("no JSON object"));
    EXPECT_THAT(problem("null"), HasSubstr("no JSON object"));
    EXPECT_THAT(problem(R"([1, 2])"), HasSubstr("is an array"));
    EXPECT_THAT(problem(R"([{"label":"PER"}])"), HasSubstr("at /0: \"text\" is missing"));
    EXPECT_THAT(problem(two + two), HasSubstr("two JSON objects"));
    EXPECT_THAT(problem(two + "\n\nor rather\n" + two), HasSubstr("two JSON objects"));
}

struct Variant {
    const char* name;
    std::string content;
};
void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.name; }

class OtherForm : public testing::TestWithParam<Variant> {};

TEST_P(OtherForm, IsReadWhereItCanMeanOnlyOneThing) {
    const auto answer = parse_answer(GetParam().content);
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->mentions, two_mentions);
    EXPECT_TRUE(answer->other_form);
    EXPECT_EQ(answer->extra_key_in, std::nullopt);
}

std::string with_keys(const char* label, const char* text) {
    std::string json = two;
    for (const auto& [from, to] : {std::pair{"\"label\"", label}, std::pair{"\"text\"", text}}) {
        for (auto at = json.find(from); at != std::string::npos; at = json.find(from, at + 1))
            json.replace(at + 1, std::string_view(from).size() - 2, to);
    }
    return json;
}

INSTANTIATE_TEST_SUITE_P(
    AnswerParser, OtherForm,
    testing::Values(Variant{"list", R"([{"label":"PER","text":"Ada"},{"text":"IBM","label":"ORG"}])"},
                    Variant{"list_in_a_fence",
                            "```json\n[{\"label\":\"PER\",\"text\":\"Ada\"},\n{\"text\":\"IBM\","
                            "\"label\":\"ORG\"}]\n```"},
                    Variant{"list_of_other_keys", R"([{"type":"PER","value":"Ada"},{"name":"IBM","category":"ORG"}])"},
                    Variant{"type", with_keys("type", "text")},
                    Variant{"entity_group", with_keys("entity_group", "text")},
                    Variant{"category", with_keys("category", "text")}, Variant{"value", with_keys("label", "value")},
                    Variant{"entity", with_keys("label", "entity")}, Variant{"mention", with_keys("label", "mention")},
                    Variant{"name", with_keys("label", "name")}, Variant{"both", with_keys("type", "entity")}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(AnswerParser, AnEmptyListAloneIsNoEntities) {
    for (const char* content : {"[]", " [ ] ", "```json\n[]\n```", "<think>nobody</think>[]"}) {
        const auto answer = parse_answer(content);
        ASSERT_TRUE(answer.has_value()) << content;
        EXPECT_TRUE(answer->mentions.empty());
        EXPECT_TRUE(answer->other_form);
    }
    EXPECT_NE(problem("Nobody: []"), "accepted");
}

TEST(AnswerParser, RefusesKeysThatCouldMeanTwoThings) {
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","name":"Ada","value":"x"}]})"),
                HasSubstr("\"text\" is missing"));
    EXPECT_THAT(problem(R"({"entities":[{"type":"PER","category":"x","text":"Ada"}]})"),
                HasSubstr("\"label\" is missing"));
    EXPECT_THAT(problem(R"({"entities":[{"type":["PER"],"text":"Ada"}]})"), HasSubstr("\"label\" is missing"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","value":{"text":"Ada"}}]})"), HasSubstr("\"text\" is missing"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","name":7}]})"), HasSubstr("\"text\" is missing"));
    EXPECT_THAT(problem(R"({"entities":[{"type":"PER","type":"PER","text":"Ada"}]})"), HasSubstr("stands twice"));
}

TEST(AnswerParser, AKeyLikeAnotherIsAnExtraOneWhereThatIsThere) {
    const auto answer =
        parse_answer(R"({"entities":[{"label":"PER","text":"Ada"},{"label":"ORG","type":"x","text":"IBM"}]})");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->mentions, two_mentions);
    EXPECT_EQ(answer->extra_key_in, "/entities/1");
    EXPECT_FALSE(answer->other_form);
}

TEST(AnswerParser, GivesUpAfterTenThousandBracesOfProse) {
    std::string braces;
    for (int i = 0; i < 9'999; ++i) braces += "{x} ";
    EXPECT_TRUE(parse_answer(braces + two).has_value());
    EXPECT_FALSE(parse_answer(braces + "{x} " + two).has_value());
    EXPECT_FALSE(parse_answer(std::string(4'000'000, '{')).has_value());
}

TEST(AnswerParser, RefusesMoreThanAHundredThousandOtherKeys) {
    const auto with_keys = [](int count) {
        std::string json = R"({"entities":[])";
        for (int i = 0; i < count; ++i) json += ",\"" + std::to_string(i) + "\":0";
        return json + '}';
    };
    EXPECT_TRUE(parse_answer(with_keys(100'000)).has_value());
    EXPECT_THAT(problem(with_keys(100'001)), HasSubstr("more than 100000 other keys"));
}

TEST(AnswerParser, ReadsAnAnswerWithNumbersBeyondADoubleInOtherKeys) {
    const std::string digits(400, '9');
    for (const std::string& number : {std::string("1e309"), std::string("-1E+99999999999"), digits, digits + ".5e7"}) {
        const std::string json =
            R"({"score":)" + number + R"(,"entities":[{"label":"PER","text":"Ada 1e999","p":)" + number + "}]}";
        const std::string content = "Here: " + json + " and 1e999";
        const auto answer = parse_answer(content);
        ASSERT_TRUE(answer.has_value()) << number << ": " << answer.error().message;
        EXPECT_EQ(answer->mentions, (std::vector<Mention>{{"PER", "Ada 1e999"}}));
        EXPECT_EQ(answer->json, json);
    }
    EXPECT_THAT(problem(R"({"entities":1e309})"), HasSubstr("\"entities\" must be an array"));
    EXPECT_THAT(problem(R"({"entities":[], "n": 1e309, "m": 1e})"), HasSubstr("malformed"));
}

TEST(AnswerParser, RefusesAWrongFormAndSaysWhere) {
    EXPECT_THAT(problem("{}"), HasSubstr("\"entities\" is missing"));
    EXPECT_THAT(problem(R"({"Entities":[]})"), HasSubstr("\"entities\" is missing"));
    for (const char* value : {"null", "1", "-1", "true", "1.5", "\"x\"", "{}", "5000000000", "-5000000000"})
        EXPECT_THAT(problem(std::string(R"({"entities":)") + value + "}"), HasSubstr("\"entities\" must be an array"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","text":"Ada"},"IBM"]})"),
                HasSubstr("/entities/1: an entity must be an object"));
    EXPECT_THAT(problem(R"({"entities":[[]]})"), HasSubstr("/entities/0: an entity must be an object"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","text":null}]})"),
                HasSubstr("/entities/0: \"text\" must be a string"));
    EXPECT_THAT(problem(R"({"entities":[{"label":["PER"],"text":"Ada"}]})"), HasSubstr("\"label\" must be a string"));
    EXPECT_THAT(problem(R"({"entities":[{"label":{"x":1},"text":"Ada"}]})"), HasSubstr("\"label\" must be a string"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","text":"Ada"},{"label":"PER"}]})"),
                HasSubstr("/entities/1: \"text\" is missing"));
    EXPECT_THAT(problem(R"({"entities":[{"text":"Ada"}]})"), HasSubstr("/entities/0: \"label\" is missing"));
}

TEST(AnswerParser, RefusesEveryTruncationOfAnAnswerAsCutOff) {
    for (std::size_t length = 1; length < two.size(); ++length)
        EXPECT_THAT(problem(std::string_view(two).substr(0, length)), HasSubstr("cut off")) << length;
}

TEST(AnswerParser, DoesNotTakeWhatStandsInsideATruncatedAnswer) {
    EXPECT_THAT(problem(R"(Sure: {"draft":{"entities":[]},"entities":[{"label":"PER")"), HasSubstr("cut off"));
}

TEST(AnswerParser, RefusesMalformedJson) {
    for (const char* content :
         {R"({"entities":[],})", R"({'entities':[]})", R"({"entities":[{"label":"PER" "text":"Ada"}]})",
          R"({entities:[]})", R"({"entities":[]]})", R"({"entities":[NaN]})",
          "{\"entities\":[{\"label\":\"PER\",\"text\":\"a\nb\"}]}"})
        EXPECT_THAT(problem(content), HasSubstr("malformed")) << content;
}

TEST(AnswerParser, RefusesNulBytesPlainAndEscaped) {
    EXPECT_THAT(problem(two + std::string(1, '\0')), HasSubstr("NUL"));
    EXPECT_THAT(problem(std::string(1, '\0') + two), HasSubstr("NUL"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","text":"A\u0000da"}]})"), HasSubstr("NUL"));
}

TEST(AnswerParser, RefusesInvalidUtf8AndUnpairedSurrogates) {
    EXPECT_THAT(problem("{\"entities\":[{\"label\":\"PER\",\"text\":\"A\xff\"}]}"), HasSubstr("UTF-8"));
    EXPECT_THAT(problem("{\"entities\":[{\"label\":\"PER\",\"text\":\"\xED\xA0\x80\"}]}"), HasSubstr("UTF-8"));
    EXPECT_NE(problem(R"({"entities":[{"label":"PER","text":"\ud83c"}]})"), "accepted");
    EXPECT_NE(problem(R"({"entities":[{"label":"PER","text":"\udf89"}]})"), "accepted");
    EXPECT_NE(problem(R"({"entities":[{"label":"PER","text":"\ud83c\u0041"}]})"), "accepted");
}

TEST(AnswerParser, RefusesAKeyTwiceAtEveryDepth) {
    EXPECT_THAT(problem(R"({"entities":[],"entities":[]})"), HasSubstr("stands twice"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","label":"PER","text":"Ada"}]})"), HasSubstr("stands twice"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","text":"Ada","\u0074ext":"Bob"}]})"), HasSubstr("stands twice"));
    EXPECT_THAT(problem(R"({"a":1,"entities":[],"a":1})"), HasSubstr("stands twice"));
    EXPECT_THAT(problem(R"({"entities":[{"label":"PER","text":"Ada","x":1,"x":1}]})"), HasSubstr("stands twice"));
    EXPECT_THAT(problem(R"({"a":[{"b":{"c":1,"c":2}}],"entities":[]})"), HasSubstr("stands twice"));
}

TEST(AnswerParser, TheSameKeyInDifferentObjectsIsFine) {
    EXPECT_EQ(problem(R"({"a":[{"b":1},{"b":2}],"b":{"a":{"b":{}}},"entities":[]})"), "accepted");
}

TEST(AnswerParser, SkipsUnknownKeysAndNotesTheFirstObjectThatHoldsOne) {
    const auto in_entity = parse_answer(
        R"({"entities":[{"label":"PER","text":"Ada"},{"label":"ORG","score":{"label":7,"text":[{"entities":1}]},"text":"IBM"}],"n":2})");
    ASSERT_TRUE(in_entity.has_value());
    EXPECT_EQ(in_entity->mentions, two_mentions);
    EXPECT_EQ(in_entity->extra_key_in, "/entities/1");
    const auto on_top = parse_answer(R"({"note":[[{"entities":[{"label":1}]}],"x",null,1e5,-3],"entities":[]})");
    ASSERT_TRUE(on_top.has_value());
    EXPECT_EQ(on_top->extra_key_in, "");
    EXPECT_TRUE(on_top->mentions.empty());
}

TEST(AnswerParser, RefusesDepthBeyondTheLimit) {
    const auto nested = [](std::size_t depth) {
        return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + R"(,"entities":[]})";
    };
    EXPECT_EQ(problem(nested(127)), "accepted");
    EXPECT_THAT(problem(nested(128)), HasSubstr("nested more than 128 deep"));
    EXPECT_THAT(problem(nested(10'000)), HasSubstr("nested more than 128 deep"));
    std::string objects;
    for (int i = 0; i < 10'000; ++i) objects += R"({"entities":)";
    EXPECT_NE(problem(objects), "accepted");
    EXPECT_NE(problem(std::string(1'000'000, '{')), "accepted");
    EXPECT_NE(problem("{\"x\":" + std::string(1'000'000, '[')), "accepted");
}

TEST(AnswerParser, RefusesMoreBytesOrMentionsThanAllowed) {
    EXPECT_EQ(problem(two, {.bytes_max = two.size()}), "accepted");
    EXPECT_THAT(problem(two, {.bytes_max = two.size() - 1}), HasSubstr("longer than"));
    EXPECT_EQ(problem(two, {.mentions_max = 2}), "accepted");
    EXPECT_THAT(problem(two, {.mentions_max = 1}), HasSubstr("more than 1 entities"));
}

TEST(AnswerParser, ManyExtraKeysDoNotMakeItSlow) {
    std::string content = "{";
    for (int i = 0; i < 50'000; ++i) content += '"' + std::to_string(i) + "\":0,";
    EXPECT_EQ(problem(content + R"("entities":[]})"), "accepted");
}

TEST(AnswerParser, NeverQuotesTheAnswer) {
    const std::string secret = "Rosebud";
    for (const std::string& content :
         {R"({"entities":[{"label":"PER","text":"Rosebud","Rosebud":1,"Rosebud":2}]})" + std::string(),
          R"({"Rosebud" 1})" + std::string(), R"({"entities":["Rosebud"]})" + std::string(), secret,
          R"({"entities":[{"label":"PER","text":"Rosebud)" + std::string()})
        EXPECT_EQ(problem(content).find(secret), std::string::npos) << content;
}

}  // namespace
}  // namespace prelabel::labeling
