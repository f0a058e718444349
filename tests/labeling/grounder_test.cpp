#include <prelabel/labeling/grounder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Findings ground(std::string_view text, const std::vector<Mention>& mentions) {
    return Grounder({{"PER", ""}, {"ORG", ""}, {"LOC", ""}, {"per", ""}}).ground(text, mentions);
}

/// `label text@start` in code points, with a `~` where the match is normalized.
std::vector<std::string> found(const Findings& findings) {
    std::vector<std::string> out;
    for (const Entity& entity : findings.entities)
        out.push_back(entity.label + ' ' + (entity.match == Match::normalized ? "~" : "") + entity.text + '@' +
                      std::to_string(entity.code_points.start));
    return out;
}

std::vector<std::string> set_aside(const Findings& findings) {
    std::vector<std::string> out;
    for (const Discarded& discarded : findings.discarded)
        out.push_back(discarded.label + ' ' + discarded.text + ": " + std::string(to_string(discarded.reason)));
    return out;
}

std::vector<std::string> found(std::string_view text, const std::vector<std::string>& names) {
    std::vector<Mention> mentions;
    for (const auto& name : names) mentions.push_back({"PER", name});
    auto findings = ground(text, mentions);
    auto out = found(findings);
    for (const Discarded& discarded : findings.discarded)
        out.push_back("- " + std::string(to_string(discarded.reason)));
    return out;
}

TEST(Grounder, CountsInThreeSystemsBehindAnEmoji) {
    const auto findings = ground("🎉 Ada, é 漢 Bob", {{"PER", "Ada"}, {"PER", "Bob"}});
    ASSERT_EQ(findings.entities.size(), 2U);
    const Entity& ada = findings.entities[0];
    EXPECT_EQ(ada.code_points, (Span{2, 5}));
    EXPECT_EQ(ada.utf16, (Span{3, 6}));
    EXPECT_EQ(ada.utf8, (Span{5, 8}));
    const Entity& bob = findings.entities[1];
    EXPECT_EQ(bob.code_points, (Span{11, 14}));
    EXPECT_EQ(bob.utf16, (Span{12, 15}));
    EXPECT_EQ(bob.utf8, (Span{17, 20}));
}

TEST(Grounder, CountsCjkInCodePoints) {
    EXPECT_THAT(found("昨日、山田太郎は東京で李明に会った。", {"山田太郎", "東京", "李明"}),
                ElementsAre("PER 山田太郎@3", "PER 東京@8", "PER 李明@11"));
}

TEST(Grounder, GivesRepeatedMentionsTheNextOccurrence) {
    EXPECT_THAT(found("Ada met Bob. Ada left.", {"Ada", "Bob", "Ada"}),
                ElementsAre("PER Ada@0", "PER Bob@8", "PER Ada@13"));
    EXPECT_THAT(found("Ada met Bob. Ada left.", {"Ada", "Ada", "Bob"}),
                ElementsAre("PER Ada@0", "PER Bob@8", "PER Ada@13"));
    EXPECT_THAT(found("Ada met Bob. Ada left.", {"Bob", "Ada", "Ada"}),
                ElementsAre("PER Ada@0", "PER Bob@8", "PER Ada@13"));
}

TEST(Grounder, FollowsTheOrderOfTheAnswer) {
    EXPECT_THAT(found("Ada went to Rome. Ada left.", {"Rome", "Ada"}), ElementsAre("PER Rome@12", "PER Ada@18"));
    EXPECT_THAT(found("Ada went to Rome. Ada left.", {"Ada", "Rome"}), ElementsAre("PER Ada@0", "PER Rome@12"));
}

TEST(Grounder, SaysWhenAMentionIsRepeatedTooOften) {
    EXPECT_THAT(found("Ada left Ada.", {"Ada", "Ada", "Ada", "Ada", "ADA"}),
                ElementsAre("PER Ada@0", "PER Ada@9", "- duplicate", "- duplicate", "- duplicate"));
}

TEST(Grounder, ShipsNothingThatWasCopiedFromTheExamples) {
    const auto findings = ground("The council met on Monday.", {{"PER", "Ada Lovelace"}, {"ORG", "IBM"}});
    EXPECT_THAT(findings.entities, IsEmpty());
    EXPECT_THAT(set_aside(findings), ElementsAre("PER Ada Lovelace: not_in_text", "ORG IBM: not_in_text"));
}

TEST(Grounder, KeepsNamesInsideNames) {
    const auto findings = ground("New York University", {{"ORG", "New York University"}, {"LOC", "New York"}});
    EXPECT_THAT(found(findings), ElementsAre("ORG New York University@0", "LOC New York@0"));
    EXPECT_THAT(found("at New York University in New York", {"New York University", "New York"}),
                ElementsAre("PER New York University@3", "PER New York@26"));
    EXPECT_THAT(found("Washington Post, Washington", {"Washington", "Washington Post"}),
                ElementsAre("PER Washington Post@0", "PER Washington@17"));
}

TEST(Grounder, LetsNoEntitiesCross) {
    EXPECT_THAT(found("Bank of America Tower", {"Bank of America", "America Tower"}),
                ElementsAre("PER Bank of America@0", "- overlap"));
    EXPECT_THAT(found("Bank of America Tower. America Tower", {"Bank of America", "America Tower"}),
                ElementsAre("PER Bank of America@0", "PER America Tower@23"));
}

TEST(Grounder, KeepsTheFirstOfTwoLabelsForOneSpan) {
    const auto one = ground("Paris", {{"LOC", "Paris"}, {"PER", "Paris"}, {"LOC", "Paris"}});
    EXPECT_THAT(found(one), ElementsAre("LOC Paris@0"));
    EXPECT_THAT(set_aside(one), ElementsAre("PER Paris: overlap", "LOC Paris: duplicate"));
    const auto two = ground("Paris in Paris", {{"PER", "Paris"}, {"LOC", "Paris"}});
    EXPECT_THAT(found(two), ElementsAre("PER Paris@0", "LOC Paris@9"));
}

TEST(Grounder, SetsUnknownLabelsAndEmptyMentionsAside) {
    const auto findings = ground("Ada \xE2\x80\x8B", {{"GPE", "Ada"},
                                                      {"Per", "Ada"},
                                                      {"PER", ""},
                                                      {"PER", " \t"},
                                                      {"PER", "\xE2\x80\x8B"},
                                                      {"PER", "\xC3"},
                                                      {"per", "Ada"}});
    EXPECT_THAT(found(findings), ElementsAre("per Ada@0"));
    EXPECT_THAT(set_aside(findings), ElementsAre("GPE Ada: unknown_label", "Per Ada: unknown_label", "PER : schema",
                                                 "PER  \t: schema", "PER \xE2\x80\x8B: schema", "PER \xC3: schema"));
}

TEST(Grounder, FindsWholeWords) {
    EXPECT_THAT(found("Adaptive Ada", {"Ada"}), ElementsAre("PER Ada@9"));
    EXPECT_THAT(found("Adaptive", {"Ada"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("éAda Adaé Ada\xCC\x81 2Ada", {"Ada"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("Nevada", {"Ada"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("Budapesten", {"Budapest"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("Москвадан", {"Москва"}), ElementsAre("- not_in_text"));
    for (const char* text : {"Ada's", "Ada’s", "(Ada)", "Ada-like", "@Ada", "Ada🎉", "Ada."})
        EXPECT_EQ(ground(text, {{"PER", "Ada"}}).entities.size(), 1U) << text;
}

TEST(Grounder, KnowsScriptsThatWriteNoSpaces) {
    EXPECT_THAT(found("서울에서 만났다", {"서울"}), ElementsAre("PER 서울@0"));
    EXPECT_THAT(found("กรุงเทพมหานครใหญ่", {"กรุงเทพมหานคร"}), ElementsAre("PER กรุงเทพมหานคร@0"));
    EXPECT_THAT(found("東京IBM本社", {"IBM"}), ElementsAre("PER IBM@2"));
    EXPECT_THAT(found("ソニーのテレビ", {"ソニー"}), ElementsAre("PER ソニー@0"));
}

TEST(Grounder, AllowsAProcliticButPrefersTheBareName) {
    EXPECT_THAT(found("نزل بالقاهرة", {"القاهرة"}), ElementsAre("PER القاهرة@5"));
    EXPECT_THAT(found("בירושלים ירושלים", {"ירושלים"}), ElementsAre("PER ירושלים@9"));
    EXPECT_THAT(found("בירושלים ירושלים", {"ירושלים", "ירושלים"}), ElementsAre("PER ירושלים@1", "PER ירושלים@9"));
    EXPECT_THAT(found("عليه", {"علي"}), ElementsAre("- not_in_text"));
}

TEST(Grounder, SplitsNoCharacter) {
    EXPECT_THAT(found("cafe\xCC\x81", {"cafe"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("👩‍👩‍👧", {"👩"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("👍🏽", {"👍"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("🇫🇷🇩🇪", {"🇩🇪"}), ElementsAre("PER 🇩🇪@2"));
    EXPECT_THAT(found("🇫🇷🇩🇪", {"🇷🇩"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("❤️ ok", {"❤"}), ElementsAre("PER ~❤️@0"));
}

TEST(Grounder, FindsOtherSpellingsAndShipsTheDocuments) {
    EXPECT_THAT(found("ada lovelace", {"Ada Lovelace"}), ElementsAre("PER ~ada lovelace@0"));
    EXPECT_THAT(found("Ada \n\t Lovelace left", {"Ada Lovelace"}), ElementsAre("PER ~Ada \n\t Lovelace@0"));
    EXPECT_THAT(found("Ada\xC2\xA0Lovelace left", {"Ada Lovelace"}), ElementsAre("PER ~Ada\xC2\xA0Lovelace@0"));
    EXPECT_THAT(found("Ada left", {" Ada "}), ElementsAre("PER ~Ada@0"));
    EXPECT_THAT(found("x Jose\xCC\x81 y", {"José"}), ElementsAre("PER ~Jose\xCC\x81@2"));
    EXPECT_THAT(found("x José y", {"Jose\xCC\x81"}), ElementsAre("PER ~José@2"));
    EXPECT_THAT(found("O’Brien", {"O'Brien"}), ElementsAre("PER ~O’Brien@0"));
    EXPECT_THAT(found("Rhein–Main", {"Rhein-Main"}), ElementsAre("PER ~Rhein–Main@0"));
    EXPECT_THAT(found("Lo\xC2\xADvelace", {"Lovelace"}), ElementsAre("PER ~Lo\xC2\xADvelace@0"));
}

TEST(Grounder, IsNotShiftedByTextThatFoldsToAnotherLength) {
    EXPECT_THAT(found("İİİ ANKARA", {"Ankara"}), ElementsAre("PER ~ANKARA@4"));
    EXPECT_THAT(found("ßßß ADA", {"Ada"}), ElementsAre("PER ~ADA@4"));
    EXPECT_THAT(found("STRASSE 5", {"Straße"}), ElementsAre("PER ~STRASSE@0"));
    EXPECT_THAT(found("die Straße 5", {"STRASSE"}), ElementsAre("PER ~Straße@4"));
    EXPECT_THAT(found("x ﬁnance y", {"Finance"}), ElementsAre("PER ~ﬁnance@2"));
    EXPECT_THAT(found("x ﬁ", {"F"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("x ＡＤＡ y", {"Ada"}), ElementsAre("PER ~ＡＤＡ@2"));
    EXPECT_THAT(found("ΟΔΥΣΣΕΥΣ", {"Οδυσσευς"}), ElementsAre("PER ~ΟΔΥΣΣΕΥΣ@0"));
    EXPECT_THAT(found("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB국", {"한국"}),
                ElementsAre("PER ~\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB국@0"));
    EXPECT_THAT(found("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", {"하"}), ElementsAre("- not_in_text"));
    EXPECT_THAT(found("\xEF\xBB\xA3\xEF\xBA\xBC\xEF\xBA\xAE", {"مصر"}),
                ElementsAre("PER ~\xEF\xBB\xA3\xEF\xBA\xBC\xEF\xBA\xAE@0"));
}

TEST(Grounder, LeavesExactOccurrencesToExactMentions) {
    EXPECT_THAT(found("IBM, ibm", {"Ibm", "IBM", "ibm"}), ElementsAre("PER IBM@0", "PER ibm@5", "- duplicate"));
    EXPECT_THAT(found("IBM, ibm", {"IBM", "IBM"}), ElementsAre("PER IBM@0", "PER ~ibm@5"));
}

TEST(Grounder, StretchesOverNoChasm) {
    EXPECT_THAT(found("Ada" + std::string(60, ' ') + "Lovelace", {"Ada Lovelace"}).size(), 1U);
    EXPECT_THAT(found("Ada" + std::string(6'000, ' ') + "Lovelace", {"Ada Lovelace"}), ElementsAre("- not_in_text"));
}

TEST(Grounder, OrdersEntitiesByStartThenLongestFirst) {
    EXPECT_THAT(found("Bob and Ada Lovelace Institute", {"Ada", "Ada Lovelace Institute", "Bob", "Ada Lovelace"}),
                ElementsAre("PER Bob@0", "PER Ada Lovelace Institute@8", "PER Ada Lovelace@8", "PER Ada@8"));
}

TEST(Grounder, HasNothingToDoWithoutMentionsOrText) {
    EXPECT_THAT(ground("Ada", {}).entities, IsEmpty());
    EXPECT_THAT(found("", {"Ada"}), ElementsAre("- not_in_text"));
}

}  // namespace
}  // namespace prelabel::labeling
