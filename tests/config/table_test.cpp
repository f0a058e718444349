#include "config/table.hpp"

#include "config/types.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;

enum class Colour { red, green };
constexpr auto enum_names(Colour) {
    return std::to_array<EnumName<Colour>>({{Colour::red, "rouge"}, {Colour::green, "vert"}});
}

struct Wheel {
    std::uint16_t spokes = 8;
};

struct Bicycle {
    std::string name = "old";
    Colour colour = Colour::green;
    std::optional<double> weight;
    Duration warranty = 5s;
    TextMap labels;
    Wheel front;
    Wheel back;
};

template <class Member>
Member stored(Member member, const Value& value) {
    store(member, value);
    return member;
}

TEST(Table, StoresAValueAsItsMemberIs) {
    EXPECT_EQ(stored(std::string(), Value(std::string("a"))), "a");
    EXPECT_EQ(stored(Colour::green, Value(std::string("rouge"))), Colour::red) << "by the word that users see";
    EXPECT_EQ(stored(std::uint16_t{0}, Value(std::int64_t{65'535})), 65'535);
    EXPECT_EQ(stored(std::size_t{0}, Value(std::int64_t{1} << 40)), 1ULL << 40);
    EXPECT_EQ(stored(0.0, Value(0.5)), 0.5);
    EXPECT_EQ(stored(Duration{}, Value(Duration(3s))), 3s);
    EXPECT_EQ(stored(std::optional<double>(), Value(0.5)), 0.5);
    EXPECT_EQ(stored(std::optional<double>(0.5), Value(std::monostate{})), std::nullopt) << "null takes it away again";
    EXPECT_EQ(stored(TextMap{{"x", "y"}}, Value(TextMap{{"a", "b"}})), (TextMap{{"a", "b"}}));
}

TEST(Table, WhatWasStoredIsLoadedAgain) {
    const auto loads = [](auto member, const Value& value) {
        store(member, value);
        decltype(member) again{};
        store(again, load_value(member));
        return again == member;
    };
    EXPECT_TRUE(loads(std::string(), Value(std::string("a"))));
    EXPECT_TRUE(loads(Colour::green, Value(std::string("rouge"))));
    EXPECT_TRUE(loads(std::uint16_t{0}, Value(std::int64_t{9})));
    EXPECT_TRUE(loads(Duration{}, Value(Duration(3s))));
    EXPECT_TRUE(loads(std::optional<double>(), Value(0.5)));
    EXPECT_TRUE(loads(std::optional<double>(1.0), Value(std::monostate{})));
}

Table<Wheel> wheel_table() {
    return {member<Wheel>({"spokes", integer(0, 99), "Spokes."}, [](auto& w) -> auto& { return w.spokes; })};
}

const Table<Bicycle>& bicycles() {
    static const Table<Bicycle> made = [] {
        Table<Bicycle> rows = {
            member<Bicycle>({"name", text(), "Name."}, [](auto& b) -> auto& { return b.name; }),
            member_without_default<Bicycle>({"colour", choice<Colour>(), "Colour."},
                                            [](auto& b) -> auto& { return b.colour; }),
            {{"weight", number_or_null(0, 100), "Weight."},
             [](Bicycle& b, const Value& value) -> std::optional<std::string> {
                 store(b.weight, value);
                 if (b.weight && *b.weight > 50) return "nobody can lift it";
                 return std::nullopt;
             }},
        };
        for (const bool front : {true, false}) {
            auto wheel = wheel_table();
            for (auto& row : wheel) row.field.path = (front ? "front." : "back.") + row.field.path;
            add_part(rows, wheel, [front](auto& b) -> auto& { return front ? b.front : b.back; });
        }
        return rows;
    }();
    return made;
}

TEST(Table, APartIsStoredWhereItIsFoundAndNowhereElse) {
    Bicycle bicycle;
    Problems problems;
    apply(bicycles(), {{3, "front.spokes", {1, 1, {}}, Value(std::int64_t{24})}}, "f.yaml", bicycle, problems);
    EXPECT_TRUE(problems.list.empty());
    EXPECT_EQ(bicycle.front.spokes, 24);
    EXPECT_EQ(bicycle.back.spokes, 8);
    EXPECT_EQ(std::get<std::int64_t>(bicycles()[3].get(bicycle)), 24);
    EXPECT_EQ(std::get<std::int64_t>(bicycles()[4].get(bicycle)), 8);
    EXPECT_EQ(bicycles()[4].field.path, "back.spokes");
}

TEST(Table, ADefaultIsShownOnlyWhereThereIsOne) {
    EXPECT_EQ(std::get<std::string>(bicycles()[0].get(Bicycle{})), "old");
    EXPECT_FALSE(bicycles()[1].get) << "a member without one";
    EXPECT_FALSE(bicycles()[2].get);
    auto rows = wheel_table();
    rows[0].get = nullptr;
    Table<Bicycle> whole;
    add_part(whole, rows, [](auto& b) -> auto& { return b.front; });
    EXPECT_FALSE(whole[0].get) << "a part's row without one has none in the whole";
}

TEST(Table, WhatASetterRefusesIsAProblemWhereItStands) {
    Bicycle bicycle;
    Problems problems;
    apply(bicycles(),
          {{0, "name", {1, 7, {}}, Value(std::string("new"))},
           {2, "weight", {2, 9, {}}, Value(51.0)},
           {1, "colour", {3, 9, {}}, Value(std::string("rouge"))}},
          "f.yaml", bicycle, problems);
    EXPECT_EQ(to_string(problems), "f.yaml:2:9: weight: nobody can lift it\n");
    EXPECT_EQ(bicycle.name, "new");
    EXPECT_EQ(bicycle.colour, Colour::red) << "the others are stored";
}

TEST(Table, OfTwoValuesForOneKeyTheLaterStays) {
    Bicycle bicycle;
    Problems problems;
    apply(bicycles(), {{0, "name", {}, Value(std::string("a"))}, {0, "name", {}, Value(std::string("b"))}}, "f.yaml",
          bicycle, problems);
    EXPECT_EQ(bicycle.name, "b");
}

TEST(Table, ItsFieldsAreThoseOfItsRows) {
    const auto fields = fields_of(bicycles());
    ASSERT_EQ(fields.size(), bicycles().size());
    for (std::size_t i = 0; i < fields.size(); ++i) EXPECT_EQ(fields[i].path, bicycles()[i].field.path);
}

}  // namespace
}  // namespace prelabel::config
