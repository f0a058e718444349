#include <prelabel/base/rng.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/labeling/answer_parser.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

const std::vector<std::string> seeds = {
    R"({"entities":[]})",
    R"({"entities":[{"label":"PER","text":"Ada Lovelace"},{"label":"ORG","text":"Königliche 協会 🎉"}]})",
    "Here:\n```json\n{\"entities\": [ {\"text\": \"IBM\", \"label\": \"ORG\"} ], \"note\": {\"a\": [1, -2.5e3, "
    "null]}}\n```\n",
    R"([{"type":"PER","value":"Ada"},{"label":"ORG","name":"IBM"}])",
    R"({"x":[[{"entities":[]}]],"entities":[{"label":"L","text":"a\n\u00eb\ud83c\udf89","score":0.5}]})",
};

/// One to four random edits: a byte changed, dropped, doubled, a tail cut, a piece copied elsewhere.
std::string mutated(std::string text, Rng& rng) {
    constexpr std::string_view telling("{}[]\",:\\`\0\xff\x80u", 13);
    for (auto edits = 1 + rng.below(4); edits > 0 && !text.empty(); --edits) {
        const auto at = rng.below(text.size());
        switch (rng.below(6)) {
            case 0:
                text[at] = static_cast<char>(rng.below(256));
                break;
            case 1:
                text[at] = telling[rng.below(telling.size())];
                break;
            case 2:
                text.erase(at, 1);
                break;
            case 3:
                text.insert(at, 1, text[at]);
                break;
            case 4:
                text.resize(at);
                break;
            default:
                text.insert(at, text.substr(rng.below(text.size()), 1 + rng.below(20)));
        }
    }
    return text;
}

TEST(AnswerParserFuzz, MutatedAnswersNeverCrashNorInventMentions) {
    Rng rng(4'711);
    int read = 0;
    for (int round = 0; round < 60'000; ++round) {
        const std::string content = mutated(seeds[rng.below(seeds.size())], rng);
        const auto answer = parse_answer(content);
        if (!answer) {
            ASSERT_FALSE(answer.error().message.empty());
            continue;
        }
        ++read;
        ASSERT_NE(content.find(answer->json), std::string::npos);
        ASSERT_FALSE(utf8::first_invalid(answer->json).has_value());
        for (const Mention& mention : answer->mentions) {
            ASSERT_FALSE(utf8::first_invalid(mention.text).has_value() ||
                         utf8::first_invalid(mention.label).has_value());
            if (content.find('\\') != std::string::npos) continue;
            ASSERT_NE(answer->json.find('"' + mention.text + '"'), std::string::npos) << content;
            ASSERT_NE(answer->json.find('"' + mention.label + '"'), std::string::npos) << content;
        }
    }
    EXPECT_GT(read, 3'000);
}

TEST(AnswerParserFuzz, AReadAnswerReadsTheSameAlone) {
    Rng rng(99);
    for (int round = 0; round < 20'000; ++round) {
        const std::string content = mutated(seeds[rng.below(seeds.size())], rng);
        const auto answer = parse_answer(content);
        if (!answer) continue;
        const auto again = parse_answer(answer->json);
        ASSERT_TRUE(again.has_value()) << content;
        ASSERT_EQ(again->mentions, answer->mentions);
        ASSERT_EQ(again->extra_key_in, answer->extra_key_in);
        ASSERT_FALSE(again->cut_out);
    }
}

}  // namespace
}  // namespace prelabel::labeling
