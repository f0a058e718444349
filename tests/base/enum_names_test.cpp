#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/enum_names.hpp>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel {
namespace other {

enum class Colour { red, green, automatic };
constexpr auto enum_names(Colour) {
    return std::to_array<EnumName<Colour>>({
        {Colour::red, "red"},
        {Colour::green, "green"},
        {Colour::automatic, "auto"},
    });
}

}  // namespace other

namespace {

using other::Colour;

enum class Forgotten : std::uint8_t { a, b, c };
constexpr auto enum_names(Forgotten) {
    return std::to_array<EnumName<Forgotten>>({{Forgotten::a, "a"}, {Forgotten::b, "b"}});
}

enum class Swapped { a, b };
constexpr auto enum_names(Swapped) { return std::to_array<EnumName<Swapped>>({{Swapped::b, "b"}, {Swapped::a, "a"}}); }

enum class Twice { a, b };
constexpr auto enum_names(Twice) { return std::to_array<EnumName<Twice>>({{Twice::a, "a"}, {Twice::b, "a"}}); }

enum class Nameless { a, b };
constexpr auto enum_names(Nameless) {
    return std::to_array<EnumName<Nameless>>({{Nameless::a, "a"}, {Nameless::b, ""}});
}

enum class Alone { only };
constexpr auto enum_names(Alone) { return std::to_array<EnumName<Alone>>({{Alone::only, "only"}}); }

struct Outer {
    enum class Inner { a, b, c, d };
};

TEST(EnumValues, AreCountedByTheCompiler) {
    enum class Local { a, b };
    static_assert(enum_count<Colour> == 3);
    static_assert(enum_count<Forgotten> == 3);
    static_assert(enum_count<Alone> == 1);
    static_assert(enum_count<Outer::Inner> == 4);
    static_assert(enum_count<Local> == 2);
    EXPECT_THAT(enum_values<Colour>, testing::ElementsAre(Colour::red, Colour::green, Colour::automatic));
}

TEST(EnumNames, HaveOneRowForEachEnumeratorInOrder) {
    static_assert(names_are_complete<Colour>());
    static_assert(names_are_complete<Alone>());
    static_assert(!names_are_complete<Forgotten>());
    static_assert(!names_are_complete<Swapped>());
    static_assert(!names_are_complete<Twice>());
    static_assert(!names_are_complete<Nameless>());
    static_assert(!NamedEnum<Outer::Inner>);
}

TEST(EnumNames, LeadFromAnEnumeratorToItsNameAndBack) {
    static_assert(to_string(Colour::green) == "green");
    static_assert(from_string<Colour>("auto") == Colour::automatic);
    for (const auto colour : enum_values<Colour>) EXPECT_EQ(from_string<Colour>(to_string(colour)), colour);
    EXPECT_EQ(from_string<Colour>("automatic"), std::nullopt);
    EXPECT_EQ(from_string<Colour>(""), std::nullopt);
    EXPECT_EQ(from_string<Colour>("Red"), std::nullopt);
    EXPECT_THAT(enum_words<Colour>(), testing::ElementsAre("red", "green", "auto"));
}

TEST(EnumNames, AreFoundExactlyOrNotAtAll) {
    for (const auto& row : enum_table<Colour>) {
        const std::string name(row.name);
        EXPECT_EQ(from_string<Colour>(name), row.value);
        EXPECT_EQ(from_string<Colour>(name + ' '), std::nullopt);
        EXPECT_EQ(from_string<Colour>(' ' + name), std::nullopt);
        EXPECT_EQ(from_string<Colour>(name + std::string(1, '\0')), std::nullopt);
        EXPECT_EQ(from_string<Colour>(name.substr(1)), std::nullopt);
    }
}

TEST(EnumNamesDeathTest, StopForAValueThatIsNoEnumerator) {
    EXPECT_DEATH(static_cast<void>(to_string(static_cast<Colour>(3))), "one of its enumerators");
}

TEST(EnumArray, HasOneValueForEachEnumerator) {
    EnumArray<Colour, int> counts;
    static_assert(counts.size() == 3);
    EXPECT_THAT(counts.values, testing::ElementsAre(0, 0, 0));
    counts[Colour::automatic] += 5;
    EXPECT_EQ(counts, (enum_array<Colour, int>({{Colour::red, 0}, {Colour::green, 0}, {Colour::automatic, 5}})));
    EXPECT_NE(counts, (enum_array<Colour, int>({{Colour::red, 0}, {Colour::green, 5}, {Colour::automatic, 0}})));
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), 5);
}

TEST(EnumArray, GivesTheSamePlaceByNameAndInOrder) {
    EnumArray<Colour, std::string> words;
    for (const auto colour : enum_values<Colour>) words[colour] = to_string(colour);
    std::vector<std::string> in_order(words.begin(), words.end());
    EXPECT_EQ(in_order, enum_words<Colour>());
    const auto& unchanging = words;
    EXPECT_EQ(unchanging[Colour::automatic], "auto");
}

TEST(EnumArray, IsMadeFromRowsThatNameTheirEnumerator) {
    constexpr auto warm =
        enum_array<Colour, bool>({{Colour::red, true}, {Colour::green, false}, {Colour::automatic, false}});
    static_assert(warm[Colour::red]);
    static_assert(!warm[Colour::green]);
}

}  // namespace
}  // namespace prelabel
