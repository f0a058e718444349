#include <prelabel/base/rng.hpp>
#include <prelabel/base/utf8.hpp>
#include <prelabel/labeling/grounder.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::labeling {
namespace {

const Grounder& grounder() {
    static const Grounder one({{"A", ""}, {"B", ""}});
    return one;
}

std::u32string to_utf32(std::string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto decoded = utf8::decode(text, at);
        out += decoded.code_point;
        at += decoded.bytes;
    }
    return out;
}

std::u16string to_utf16(std::string_view text) {
    std::u16string out;
    for (const char32_t c : to_utf32(text)) {
        if (c < 0x10000) {
            out += static_cast<char16_t>(c);
        } else {
            out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
            out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
        }
    }
    return out;
}

template <class Text>
Text slice(const Text& text, Span span) {
    return text.substr(span.start, span.end - span.start);
}

/// What holds for all findings, whatever was asked.
void expect_true_spans(const std::string& text, const std::vector<Mention>& mentions, const Findings& findings) {
    ASSERT_EQ(findings.entities.size() + findings.discarded.size(), mentions.size());
    const auto utf32 = to_utf32(text);
    const auto utf16 = to_utf16(text);
    for (const Entity& entity : findings.entities) {
        ASSERT_FALSE(entity.text.empty());
        ASSERT_EQ(slice(text, entity.utf8), entity.text);
        ASSERT_EQ(slice(utf32, entity.code_points), to_utf32(entity.text));
        ASSERT_EQ(slice(utf16, entity.utf16), to_utf16(entity.text));
        ASSERT_NE(entity.match, Match::fuzzy);
    }
    for (std::size_t i = 0; i < findings.entities.size(); ++i) {
        const Span one = findings.entities[i].utf8;
        for (std::size_t j = i + 1; j < findings.entities.size(); ++j) {
            const Span other = findings.entities[j].utf8;
            ASSERT_NE(one, other);
            ASSERT_TRUE(one.start < other.start || (one.start == other.start && one.end > other.end)) << "order";
            ASSERT_TRUE(other.start >= one.end || other.end <= one.end) << "crossing";
        }
    }
}

std::string random_text(Rng& rng, std::size_t pieces) {
    static const std::array<const char*, 40> all = {"a",
                                                    "b",
                                                    "A",
                                                    "B",
                                                    "é",
                                                    "e\xCC\x81",
                                                    "İ",
                                                    "ß",
                                                    "ss",
                                                    "ﬁ",
                                                    "fi",
                                                    "漢",
                                                    "字",
                                                    "한",
                                                    "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB",
                                                    "🎉",
                                                    "👩‍👧",
                                                    "👍🏽",
                                                    "🇫🇷",
                                                    "🇩🇪",
                                                    "\xE2\x80\x8D",
                                                    "\xEF\xB8\x8F",
                                                    "\xCC\x81",
                                                    " ",
                                                    " ",
                                                    "  ",
                                                    "\n",
                                                    "\r\n",
                                                    "\xC2\xA0",
                                                    "-",
                                                    "–",
                                                    "'",
                                                    "’",
                                                    "ب",
                                                    "ال",
                                                    "ש",
                                                    "ก",
                                                    "็",
                                                    "\xE2\x80\x8B",
                                                    "1"};
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) text += all[rng.below(all.size())];
    return text;
}

/// Mentions cut from the text at code points, some of them spelled otherwise, some of them not in it.
std::vector<Mention> random_mentions(Rng& rng, const std::string& text) {
    const auto utf32 = to_utf32(text);
    std::vector<Mention> mentions(rng.below(8));
    for (Mention& mention : mentions) {
        mention.label = rng.chance(0.5) ? "A" : "B";
        const std::size_t start = rng.below(utf32.size() + 1);
        for (char32_t c : utf32.substr(start, 1 + rng.below(5))) {
            if (rng.chance(0.1) && c < 0x80) c ^= c >= 'A' ? 0x20U : 0U;
            utf8::append(c, mention.text);
        }
        if (rng.chance(0.1)) mention.text += random_text(rng, 2);
    }
    return mentions;
}

TEST(GrounderRandomly, GivesTrueSpansInEveryText) {
    std::size_t exact = 0;
    std::size_t normalized = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Rng rng(seed);
        const auto text = random_text(rng, 1 + rng.below(40));
        const auto mentions = random_mentions(rng, text);
        const auto findings = grounder().ground(text, mentions);
        expect_true_spans(text, mentions, findings);
        ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "seed " << seed << " text " << text;
        for (const Entity& entity : findings.entities) ++(entity.match == Match::exact ? exact : normalized);
    }
    EXPECT_GT(exact, 5'000U);
    EXPECT_GT(normalized, 1'000U);
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return text;
}

// Words stand apart, so there is nothing to nest or cross, and the plain definition is: as many entities of a word as
// were mentioned, at most as many as there are in the text; the spelling that was said first, then the others.
TEST(GrounderRandomly, AgreesWithThePlainDefinitionOnWords) {
    const std::array<std::string, 8> words = {"ada", "Ada", "adaptive", "Bob", "bob", "bobsled", "x", "Zoe"};
    for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
        Rng rng(seed);
        std::map<std::string, std::size_t> in_text;
        std::map<std::string, std::size_t> folded_in_text;
        std::string text;
        for (std::size_t i = rng.below(12); i > 0; --i) {
            const auto& word = words[rng.below(words.size())];
            text += word + (rng.chance(0.3) ? ", " : " ");
            ++in_text[word];
            ++folded_in_text[lower(word)];
        }
        std::map<std::string, std::size_t> said;
        std::map<std::string, std::size_t> folded_said;
        std::vector<Mention> mentions(rng.below(10));
        for (Mention& mention : mentions) {
            mention = {"A", words[rng.below(words.size())]};
            ++said[mention.text];
            ++folded_said[lower(mention.text)];
        }
        std::size_t expected_exact = 0;
        std::size_t expected = 0;
        for (const auto& [word, times] : said) expected_exact += std::min(times, in_text[word]);
        for (const auto& [word, times] : folded_said) expected += std::min(times, folded_in_text[word]);

        const auto findings = grounder().ground(text, mentions);
        expect_true_spans(text, mentions, findings);
        ASSERT_EQ(findings.entities.size(), expected) << "seed " << seed;
        ASSERT_EQ(std::ranges::count(findings.entities, Match::exact, &Entity::match), expected_exact)
            << "seed " << seed;
        for (const Discarded& one : findings.discarded)
            ASSERT_EQ(one.reason,
                      folded_in_text[lower(one.text)] == 0 ? DiscardReason::not_in_text : DiscardReason::duplicate)
                << "seed " << seed;
    }
}

// Many mentions in a long text are looked for in one pass, few by one search each: a long tail of spaces makes the same
// question long without changing its answer.
TEST(GrounderRandomly, FindsTheSameInOnePassAsInManySearches) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Rng rng(seed);
        const auto text = random_text(rng, 400);
        std::vector<Mention> mentions;
        while (mentions.size() < 120) {
            for (auto& mention : random_mentions(rng, text)) mentions.push_back(std::move(mention));
        }
        const auto few = grounder().ground(text + "." + std::string(100, ' '), mentions);
        const auto many = grounder().ground(text + "." + std::string(100'000, ' '), mentions);
        ASSERT_EQ(few.entities.size(), many.entities.size()) << "seed " << seed;
        ASSERT_GT(few.entities.size(), 20U);
        for (std::size_t i = 0; i < few.entities.size(); ++i) {
            ASSERT_EQ(few.entities[i].utf8, many.entities[i].utf8) << "seed " << seed;
            ASSERT_EQ(few.entities[i].label, many.entities[i].label) << "seed " << seed;
        }
    }
}

}  // namespace
}  // namespace prelabel::labeling
