#include <prelabel/base/nearest.hpp>

#include <array>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

const std::array<std::string, 4> keys{"brokers", "topic", "group", "properties"};

std::optional<std::string> nearest_of(std::string_view word, std::vector<std::string> candidates) {
    return nearest(word, candidates);
}

TEST(Nearest, GuessesAMistypedWord) {
    EXPECT_EQ(nearest("borkers", keys), "brokers");
    EXPECT_EQ(nearest("topics", keys), "topic");
    EXPECT_EQ(nearest("propertys", keys), "properties");
    EXPECT_EQ(nearest("topic", keys), "topic");
}

TEST(Nearest, SaysNothingWhenNothingIsClose) {
    EXPECT_EQ(nearest("retention", keys), std::nullopt);
    EXPECT_EQ(nearest("", keys), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'x'), keys), std::nullopt);
    EXPECT_EQ(nearest("topic", {}), std::nullopt);
}

TEST(Nearest, CountsEachKindOfSlipAsOneEdit) {
    for (const char* slip : {"topc", "toppic", "topyc", "tpoic"}) EXPECT_EQ(nearest_of(slip, {"topic"}), "topic");
    EXPECT_EQ(nearest_of("xopyc", {"topic"}), std::nullopt) << "two edits in five letters";
    EXPECT_EQ(nearest_of("a", {"b"}), "b") << "one edit is always allowed";
    EXPECT_EQ(nearest_of("ab", {"cd"}), std::nullopt);
}

TEST(Nearest, AllowsOneEditForEachThreeLetters) {
    EXPECT_EQ(nearest_of("abcdef", {"abcdXY"}), "abcdXY");
    EXPECT_EQ(nearest_of("abcdef", {"abcXYZ"}), std::nullopt);
    EXPECT_EQ(nearest_of("abcdefghi", {"abcdefXYZ"}), "abcdefXYZ");
    EXPECT_EQ(nearest_of("abcdefghi", {"abcdeWXYZ"}), std::nullopt);
}

TEST(Nearest, PrefersTheCloserAndAmongEqualsTheFirst) {
    EXPECT_EQ(nearest_of("requests", {"request", "requests_per_minute", "requestx"}), "request");
    EXPECT_EQ(nearest_of("abcdef", {"abcdXX", "abcdeX"}), "abcdeX");
    EXPECT_EQ(nearest_of("cat", {"bat", "rat"}), "bat");
}

TEST(Nearest, ComparesWordsUpToSixtyFourBytes) {
    const std::string word(64, 'a');
    EXPECT_EQ(nearest_of(word, {word.substr(1)}), word.substr(1));
    EXPECT_EQ(nearest_of(word + 'a', {word}), std::nullopt);
    EXPECT_EQ(nearest_of(word, {word + 'a'}), std::nullopt) << "no candidate is longer either";
    EXPECT_EQ(nearest_of(word, {std::string(100'000, 'a'), word}), word);
}

/// All words of a and b that one edit makes of `word`.
std::set<std::string> one_edit_from(const std::string& word) {
    std::set<std::string> words;
    for (std::size_t at = 0; at <= word.size(); ++at) {
        for (const char c : {'a', 'b'}) words.insert(word.substr(0, at) + c + word.substr(at));
        if (at == word.size()) continue;
        words.insert(word.substr(0, at) + word.substr(at + 1));
        for (const char c : {'a', 'b'}) words.insert(word.substr(0, at) + c + word.substr(at + 1));
        if (at + 1 < word.size()) {
            std::string swapped = word;
            std::swap(swapped[at], swapped[at + 1]);
            words.insert(swapped);
        }
    }
    return words;
}

// Five letters allow one edit: what is near must be exactly what one edit reaches.
TEST(Nearest, AgreesWithTheDefinitionOfAnEditForAllShortWords) {
    std::vector<std::string> all{""};
    for (std::size_t i = 0; all[i].size() < 6; ++i)
        for (const char c : {'a', 'b'}) all.push_back(all[i] + c);
    for (const std::string& word : all) {
        if (word.size() != 5) continue;
        const auto reached = one_edit_from(word);
        for (const std::string& candidate : all)
            ASSERT_EQ(nearest_of(word, {candidate}).has_value(), reached.contains(candidate))
                << word << " and " << candidate;
    }
}

}  // namespace
}  // namespace prelabel
