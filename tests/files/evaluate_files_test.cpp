#include "cpu_time.hpp"
#include "folder.hpp"

#include <prelabel/files/evaluate_files.hpp>

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using evaluation::Level;
using evaluation::MatchMode;
using testing::HasSubstr;

class EvaluateFilesTest : public testing::Test {
protected:
    EvaluateOptions files(std::string_view gold, std::string_view predicted,
                          const std::string& gold_name = "gold.jsonl",
                          const std::string& predicted_name = "out.jsonl") {
        EvaluateOptions options;
        options.gold = folder_.write(gold_name, gold);
        options.predicted = folder_.write(predicted_name, predicted);
        return options;
    }
    static Evaluation evaluate(const EvaluateOptions& options) {
        auto evaluation = evaluate_files(options);
        EXPECT_TRUE(evaluation.has_value()) << (evaluation ? "" : evaluation.error().message);
        return evaluation ? std::move(*evaluation) : Evaluation{};
    }
    static std::string error(const EvaluateOptions& options, Fault fault = Fault::input) {
        const auto evaluation = evaluate_files(options);
        EXPECT_TRUE(evaluation.has_error());
        if (evaluation) return {};
        EXPECT_EQ(evaluation.error().fault, fault);
        return evaluation.error().message;
    }
    Folder folder_;
};

std::string document(const std::string& id, const std::string& text, const std::string& entities) {
    return R"({"id":")" + id + R"(","text":")" + text + R"(","entities":[)" + entities + "]}\n";
}

const std::string ada = R"({"label":"PER","start":0,"end":3})";
const std::string wrong = R"({"label":"ORG","start":0,"end":3})";

TEST_F(EvaluateFilesTest, PairsDocumentsByIdWhateverTheirOrder) {
    const auto evaluation = evaluate(files(document("1", "Ada", ada) + document("2", "Bob", ""),
                                           document("2", "Bob", "") + document("1", "Ada", ada)));
    EXPECT_EQ(evaluation.report.documents, 2U);
    EXPECT_EQ(evaluation.report.micro.score.f1, 1.0);
}

TEST_F(EvaluateFilesTest, PairsByOrderWhereThereAreNoIds) {
    const std::string gold = "{\"text\":\"Ada\",\"entities\":[" + ada + "]}\n{\"text\":\"x\",\"entities\":[]}\n";
    EXPECT_EQ(evaluate(files(gold, gold)).report.micro.score.f1, 1.0);
    EXPECT_THAT(error(files(gold, "{\"text\":\"Ada\",\"entities\":[]}\n")),
                HasSubstr("out.jsonl: has 1 documents, but"));
}

TEST_F(EvaluateFilesTest, MissingPredictionsAreAnErrorUnlessTheyCountAsEmpty) {
    auto options = files(document("1", "Ada", ada) + document("2", "Ada", ada), document("1", "Ada", ada));
    EXPECT_THAT(error(options), HasSubstr("has no prediction for 1 of 2 gold documents, first for '2' ("));
    options.missing_as_empty = true;
    const auto evaluation = evaluate(options);
    EXPECT_EQ(evaluation.without_prediction, 1U);
    EXPECT_EQ(evaluation.report.micro.score.recall, 0.5);
    EXPECT_EQ(evaluation.report.micro.score.precision, 1.0);
}

TEST_F(EvaluateFilesTest, FilesWithoutACommonDocumentAreAMistakeInAnyCase) {
    auto options = files(document("1", "Ada", ada), document("2", "Ada", ada));
    options.missing_as_empty = true;
    EXPECT_THAT(error(options), HasSubstr("no prediction for 1 of 1"));
}

TEST_F(EvaluateFilesTest, PredictionsWithoutGoldAreIgnoredAndCounted) {
    const auto evaluation =
        evaluate(files(document("1", "Ada", ada), document("0", "Eve", wrong) + document("1", "Ada", ada)));
    EXPECT_EQ(evaluation.without_gold, 1U);
    EXPECT_EQ(evaluation.report.micro.score.f1, 1.0);
}

TEST_F(EvaluateFilesTest, ADocumentDeliveredTwiceCountsOnce) {
    const auto once = document("1", "Ada", ada);
    EXPECT_EQ(evaluate(files(once, once + once)).report.micro.fp, 0);
    EXPECT_THAT(error(files(once, once + document("1", "Ada", wrong))),
                HasSubstr("out.jsonl:2: id '1' stands at line 1 too, with other entities"));
    EXPECT_THAT(error(files(once + document("1", "Ada", ""), once)),
                HasSubstr("gold.jsonl:2: id '1' stands at line 1"));
}

TEST_F(EvaluateFilesTest, OtherTextIsAnErrorThatDoesNotQuoteIt) {
    const auto message = error(files(document("1", "Ada secret", ada), document("1", "Ada  secret", ada)));
    EXPECT_THAT(message, HasSubstr("out.jsonl:1: document '1' has another text than at "));
    EXPECT_THAT(message, HasSubstr("gold.jsonl:1, from byte 4 on"));
    EXPECT_THAT(message, testing::Not(HasSubstr("secret")));
}

TEST_F(EvaluateFilesTest, ConllGoldAndJsonlPredictionsMeetInTheJoinedText) {
    const std::string gold = "🎉 O\nAda B-PER\nLovelace I-PER\n\nParis B-LOC\n";
    const std::string found = R"({"label":"PER","start":2,"end":14})";
    const auto predicted = document("gold.conll:1", "🎉 Ada Lovelace", found) + document("gold.conll:5", "Paris", "");
    const auto named = evaluate(files(gold, predicted, "gold.conll"));
    EXPECT_EQ(named.report.micro.tp, 1);
    EXPECT_EQ(named.report.micro.fn, 1);
    // Also with ids of its own the prediction is paired, by order.
    const auto ordered =
        evaluate(files(gold, document("a", "🎉 Ada Lovelace", found) + document("b", "Paris", ""), "gold.conll"));
    EXPECT_EQ(ordered.report.micro.tp, 1);
    // And the other way round.
    EXPECT_EQ(evaluate(files(predicted, gold, "gold.jsonl", "gold.conll")).report.micro.tp, 1);
}

TEST_F(EvaluateFilesTest, ConllAgainstConllIsCountedInTokens) {
    const auto options = files("a O\nb B-X\nc I-X\n", "a O\nb B-X\nc O\n", "gold.conll", "out.conll");
    EXPECT_EQ(evaluate(options).report.micro.tp, 0);
    auto partial = options;
    partial.mode = MatchMode::partial;
    EXPECT_EQ(evaluate(partial).report.micro.tp, 0.5);
    EXPECT_THAT(error(files("a O\nb O\n", "a O\n", "gold.conll", "out.conll")), HasSubstr("has 1 tokens, but 2 at"));
}

TEST_F(EvaluateFilesTest, ConllAgainstConllIsComparedByPositionWhateverTheSpelling) {
    auto options = files("# id = 1\nAda B-X\ncafé I-X\n\n# id = 2\na B-X\n",
                         "# id = 1\nAda B-X\ncafe I-X\n\n# id = 2\n``a B-X\n", "gold.conll", "out.conll");
    for (const auto level : {Level::entity, Level::token}) {
        options.level = level;
        const auto evaluation = evaluate(options);
        EXPECT_EQ(evaluation.report.micro.score.f1, 1.0);
        ASSERT_EQ(evaluation.warnings.size(), 1U);
        EXPECT_THAT(evaluation.warnings.front(), HasSubstr("out.conll:3: 'cafe' is 'café' at "));
        EXPECT_THAT(evaluation.warnings.front(), HasSubstr("gold.conll:3, and 1 more tokens are spelled differently"));
    }
    EXPECT_THAT(evaluate(files("a B-X\n", "a B-X\n", "gold.conll", "out.conll")).warnings, testing::IsEmpty());
}

TEST_F(EvaluateFilesTest, EachTokenThatIsSpelledOtherwiseCostsTheSame) {
    const auto seconds = [&](int tokens) {
        std::string sentence;
        for (int i = 0; i < tokens; ++i) sentence += "token" + std::to_string(i) + " O\n";
        auto options = files("a O\n" + sentence, "b O\n" + sentence, "gold.conll", "out.conll");
        return cpu_seconds([&] { EXPECT_EQ(evaluate(options).warnings.size(), 1U); });
    };
    EXPECT_LT(seconds(8'000), 3 * 8 * seconds(1'000));
}

TEST_F(EvaluateFilesTest, WarnsWhenTheSchemeLosesOrMergesEntities) {
    // IOB1 read as IOB2: an entity that begins with I- is none.
    auto options = files("a I-X\nb I-X\nc O\n", "a I-X\nb I-X\nc O\n", "gold.conll", "out.conll");
    options.tags = evaluation::TagScheme::iob2;
    auto warnings = evaluate(options).warnings;
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_THAT(warnings[0], HasSubstr("gold.conll: 2 of 2 tagged tokens are in no entity as iob2 reads them"));
    EXPECT_THAT(warnings[1], HasSubstr("out.conll: 2 of 2"));
    for (const auto scheme : {evaluation::TagScheme::iob1, evaluation::TagScheme::lenient}) {
        options.tags = scheme;
        EXPECT_THAT(evaluate(options).warnings, testing::IsEmpty());
    }
    // BILOU read leniently: two neighbours become one.
    options = files("a U-X\nb U-X\n", "a B-X\nb B-X\n", "gold.conll", "out.conll");
    warnings = evaluate(options).warnings;
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_THAT(warnings[0], HasSubstr("gold.conll: has tags L- or U-"));
    options = files("a U-X\nb U-X\n", "a U-X\nb U-X\n", "gold.conll", "out.conll");
    options.tags = evaluation::TagScheme::bilou;
    const auto apart = evaluate(options);
    EXPECT_EQ(apart.report.micro.support, 2U);
    EXPECT_THAT(apart.warnings, testing::IsEmpty());
}

TEST_F(EvaluateFilesTest, TheTagSchemeDecidesWhatAnEntityIs) {
    auto options = files("a I-X\n", "a I-X\n", "gold.conll", "out.conll");
    EXPECT_EQ(evaluate(options).report.micro.support, 1U);
    options.tags = evaluation::TagScheme::iob2;
    EXPECT_EQ(evaluate(options).report.micro.support, 0U);
}

TEST_F(EvaluateFilesTest, TokenLevelIgnoresPrefixesAndBoundaries) {
    auto options = files("a B-X\nb I-X\nc O\n", "a I-X\nb B-X\nc B-X\n", "gold.conll", "out.conll");
    options.level = Level::token;
    options.tags = evaluation::TagScheme::iob2;
    const auto micro = evaluate(options).report.micro;
    EXPECT_EQ(micro.tp, 2);
    EXPECT_EQ(micro.fp, 1);
    EXPECT_EQ(micro.fn, 0);
}

TEST_F(EvaluateFilesTest, TokenLevelOfPlainTextCountsWords) {
    auto options = files(document("1", "Ada Lovelace, London", R"({"label":"PER","start":0,"end":12})"),
                         document("1", "Ada Lovelace, London", ada));
    options.level = Level::token;
    const auto micro = evaluate(options).report.micro;
    EXPECT_EQ(micro.tp, 1);
    EXPECT_EQ(micro.fn, 1);
    options.mode = MatchMode::partial;
    EXPECT_THAT(error(options, Fault::config), HasSubstr("token level has none"));
}

TEST_F(EvaluateFilesTest, EmptyGoldAndMissingFilesAreErrors) {
    EXPECT_THAT(error(files("", document("1", "Ada", ada))), HasSubstr("gold.jsonl: holds no documents"));
    auto options = files(document("1", "Ada", ada), "");
    options.predicted = folder_.path("none.jsonl");
    EXPECT_THAT(error(options, Fault::config), HasSubstr("none.jsonl: cannot be read"));
    options.predicted = folder_.path("found.csv");
    EXPECT_THAT(error(options, Fault::config), HasSubstr("found.csv: CSV holds no spans"));
}

// Real gold against itself is perfect, with the published number of entities.
TEST_F(EvaluateFilesTest, RealCorporaAreReadWhole) {
    const char* shared = std::getenv("PRELABEL_SHARED");
    if (shared == nullptr) GTEST_SKIP() << "PRELABEL_SHARED is not set: no real corpora to read";
    EvaluateOptions options;
    options.gold = options.predicted = std::string(shared) + "/data/wnut17/emerging.test.annotated";
    options.tags = evaluation::TagScheme::iob2;
    auto report = evaluate(options).report;
    EXPECT_EQ(report.documents, 1287U);
    EXPECT_EQ(report.micro.support, 1079U);
    EXPECT_EQ(report.micro.score.f1, 1.0);
    options.gold = options.predicted = std::string(shared) + "/data/wikigold/wikigold.conll.txt";
    options.tags = evaluation::TagScheme::iob1;
    report = evaluate(options).report;
    EXPECT_EQ(report.documents, 1696U);
    EXPECT_EQ(report.classes.size(), 4U);
    EXPECT_EQ(report.micro.score.f1, 1.0);
}

}  // namespace
}  // namespace prelabel::files
