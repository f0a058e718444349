#include <prelabel/files/field_choice.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

using ::testing::ElementsAre;

FieldChoice choose(const std::vector<std::string>& records) { return choose_fields(records); }

TEST(FieldChoice, TakesTheUsualNames) {
    const auto choice = choose({R"({"id":"a","text":"short","html":"much longer, but not by its name"})",
                                R"({"id":"b","text":"s","html":"much longer, but not by its name"})"});
    EXPECT_EQ(choice.text, "/text");
    EXPECT_EQ(choice.id, "/id");
    EXPECT_THAT(choice.fields, ElementsAre("/id", "/text", "/html"));
    EXPECT_EQ(choose({R"({"subject":"a","body":"b"})"}).text, "/body");
    EXPECT_EQ(choose({R"({"Body":"b","subject":"a longer subject"})"}).text, "/Body") << "in any case";
}

TEST(FieldChoice, OtherwiseTheLongestTextIsIt) {
    EXPECT_EQ(choose({R"({"a":"x","b":"a long one","c":12345678901234})"}).text, "/b");
    EXPECT_EQ(choose({R"({"m":{"t":"x","u":"longer"}})"}).text, "/m/u");
}

TEST(FieldChoice, AFieldThatMostRecordsLackIsNotTheText) {
    EXPECT_EQ(choose({R"({"a":"x","text":""})", R"({"a":"y"})", R"({"a":"z","text":"once"})"}).text, "/a");
}

TEST(FieldChoice, AnIdTellsAllRecordsApart) {
    EXPECT_EQ(choose({R"({"ticket_id":1,"text":"a"})", R"({"ticket_id":2,"text":"b"})"}).id, "/ticket_id");
    EXPECT_EQ(choose({R"({"id":1,"text":"a"})", R"({"id":1,"text":"b"})"}).id, "");
    EXPECT_EQ(choose({R"({"id":1,"text":"a"})", R"({"text":"b"})"}).id, "");
    EXPECT_EQ(choose({R"({"customerId":"x","id":"y","text":"a"})"}).id, "/id");
}

TEST(FieldChoice, AnIdIsAlsoANumber) {
    const auto id = [](const std::string& name) {
        return choose({"{\"" + name + "\":\"7\",\"text\":\"a\"}", "{\"" + name + "\":\"8\",\"text\":\"b\"}"}).id;
    };
    for (const std::string name :
         {"Ticket-Nr", "Nr", "ticketNr", "order no", "Invoice_Number", "Vorgang.Nummer", "ID", "Ticket_ID", "case-id"})
        EXPECT_EQ(id(name), "/" + name);
    for (const std::string name : {"piano", "genre", "column", "NOTE"}) EXPECT_EQ(id(name), "") << name;
}

TEST(FieldChoice, NothingIsFoundWhereNothingIs) {
    EXPECT_EQ(choose({}).text, "");
    EXPECT_EQ(choose({R"({"n":1})", "not JSON"}).text, "");
}

}  // namespace
}  // namespace prelabel::files
