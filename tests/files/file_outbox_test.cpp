#include "outbox_fixture.hpp"

#include <algorithm>
#include <array>

#include <rapidjson/document.h>

namespace prelabel::files {
namespace {

// Every order of completion of five outputs: the file has input order, at each step as much of it as can be.
TEST_F(FileOutboxTest, WritesInInputOrderForEveryOrderOfCompletion) {
    std::array<Offset, 5> completion{0, 1, 2, 3, 4};
    Offset base = 0;
    open();
    std::string expected;
    do {
        for (Offset offset = 0; offset < 5; ++offset) order_.read(origin(base + offset));
        std::vector<std::unique_ptr<Write>> writes(5);
        std::array<bool, 5> complete{};
        for (const auto offset : completion) {
            writes[static_cast<std::size_t>(offset)] = write(annotation(base + offset));
            complete[static_cast<std::size_t>(offset)] = true;
            const auto first_hole = static_cast<std::size_t>(std::ranges::find(complete, false) - complete.begin());
            for (std::size_t i = 0; i < 5; ++i) {
                const bool written = writes[i] && writes[i]->done();
                ASSERT_EQ(written, i < first_hole);
            }
        }
        for (Offset offset = 0; offset < 5; ++offset) expected += record(base + offset) + '\n';
        base += 5;
    } while (std::ranges::next_permutation(completion).found);
    EXPECT_EQ(base, 600);
    EXPECT_EQ(folder_.read("out.jsonl"), expected);
    EXPECT_EQ(order_.waiting(), 0U);
}

TEST_F(FileOutboxTest, WritesWhatIsFinishedBeyondItsWindowOfDocuments) {
    open({.documents = 2});
    read(5);
    const auto third = write(annotation(2));
    const auto second = write(annotation(1));
    EXPECT_FALSE(second->done() || third->done());
    const auto fifth = write(annotation(4));  // one more than may wait
    EXPECT_TRUE(second->done() && third->done());
    EXPECT_FALSE(fifth->done());  // its turn is after the fourth
    const auto first = write(annotation(0));
    EXPECT_TRUE(first->done());  // who is late waits for nobody
    const auto fourth = write(annotation(3));
    EXPECT_TRUE(fourth->done() && fifth->done());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({1, 2, 0, 3, 4}));
    EXPECT_EQ(order_.waiting(), 0U);
}

TEST_F(FileOutboxTest, WritesWhatIsFinishedBeyondItsWindowOfBytes) {
    open({.bytes = 2 * lines({1}).size()});
    read(4);
    const auto second = write(annotation(1));
    const auto third = write(annotation(2));
    EXPECT_FALSE(second->done() || third->done());
    const auto fourth = write(annotation(3));
    EXPECT_TRUE(second->done() && third->done() && fourth->done());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({1, 2, 3}));
}

TEST_F(FileOutboxTest, NothingThatIsFinishedWaitsLongerThanTheWindowSays) {
    open();
    read(6);
    const auto second = write(annotation(1));
    const auto fourth = write(annotation(3));
    advance(ReorderWindow().wait - std::chrono::milliseconds(1));
    EXPECT_FALSE(second->done() || fourth->done());
    advance(std::chrono::milliseconds(1));
    EXPECT_TRUE(second->done() && fourth->done());
    const auto sixth = write(annotation(5));
    EXPECT_FALSE(sixth->done());  // the window is new
    advance(ReorderWindow().wait);
    EXPECT_TRUE(sixth->done());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({1, 3, 5}));
    EXPECT_FALSE(clock_.jump()) << "no timer is left";
}

TEST_F(FileOutboxTest, RemembersHowFarInputsWereReadBeforeItWritesWhatWasReadSince) {
    open();
    read(3);
    write(annotation(0));
    write(annotation(1));
    EXPECT_THAT(remembered_, testing::ElementsAre(3));  // one time covers all that was read by then
    order_.read(origin(3));
    write(annotation(2));
    EXPECT_THAT(remembered_, testing::ElementsAre(3));
    write(dead_letter(3));
    EXPECT_THAT(remembered_, testing::ElementsAre(3, 4));
}

TEST_F(FileOutboxTest, DeadLettersHaveTheirOwnFileAndTheirPlaceInTheOrder) {
    open();
    read(3);
    const auto third = write(annotation(2));
    const auto second = write(dead_letter(1));
    EXPECT_EQ(folder_.read("dead.jsonl"), "");
    const auto first = write(annotation(0));
    EXPECT_TRUE(third->done() && second->done() && first->done());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({0, 2}));

    rapidjson::Document json;
    ASSERT_FALSE(json.Parse(folder_.read("dead.jsonl").c_str()).HasParseError());
    EXPECT_STREQ(json["error"]["class"].GetString(), "malformed_input");
    EXPECT_EQ(json["error"]["attempts"].GetInt(), 3);
    EXPECT_EQ(json["error"]["cost_usd"].GetDouble(), 5e-05);
    EXPECT_FALSE(json["error"].HasMember("topic"));
    EXPECT_STREQ(json["source"]["file"].GetString(), "in.jsonl");
    EXPECT_EQ(json["source"]["offset"].GetInt(), 1);
    EXPECT_STREQ(json["key"].GetString(), "key");
    EXPECT_STREQ(json["value"].GetString(), "not json");
    EXPECT_STREQ(json["encoding"].GetString(), "utf-8");
    EXPECT_STREQ(json["headers"]["tenant"].GetString(), "a");
    EXPECT_TRUE(json["headers"]["none"].IsNull());
}

TEST_F(FileOutboxTest, ADeadLetterThatIsNotUtf8IsInBase64) {
    open();
    read(4);
    write(dead_letter(0, "\xFF"));
    write(dead_letter(1, "\xFF\xFE"));
    write(dead_letter(2, std::string("\xFF\0\n", 3)));
    write(dead_letter(3, ""));
    const auto written = folder_.read("dead.jsonl");
    EXPECT_THAT(written, HasSubstr(R"("value":"/w==","encoding":"base64")"));
    EXPECT_THAT(written, HasSubstr(R"("value":"//4=","encoding":"base64")"));
    EXPECT_THAT(written, HasSubstr(R"("value":"/wAK","encoding":"base64")"));
    EXPECT_THAT(written, HasSubstr(R"("value":"","encoding":"utf-8")"));
    EXPECT_EQ(std::ranges::count(written, '\n'), 4);
}

TEST_F(FileOutboxTest, DeadLettersLieBesideTheOutput) {
    EXPECT_EQ(FileOutbox::dead_letters_beside("a/out.jsonl"), "a/out.dead_letters.jsonl");
    EXPECT_EQ(FileOutbox::dead_letters_beside("out"), "out.dead_letters.jsonl");
    EXPECT_EQ(FileOutbox::dead_letters_beside("-"), "prelabel.dead_letters.jsonl");
}

}  // namespace
}  // namespace prelabel::files
