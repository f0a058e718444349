// The topic-reader program, from outside: what a topic holds comes out, all of it, and the program ends.
#include "fixture.hpp"

#include <array>
#include <cstdio>

#include <gmock/gmock.h>
#include <sys/wait.h>

namespace prelabel::kafka::test {
namespace {

using ::testing::UnorderedElementsAre;

struct Ended {
    std::vector<std::string> lines;
    int exit_code = -1;
};

Ended read_topic(const std::string& arguments) {
    const std::string command = PRELABEL_BINARY_DIR "/libexec/topic-reader " + arguments + " 2>&1";
    std::FILE* const output = ::popen(command.c_str(), "r");
    EXPECT_NE(output, nullptr);
    Ended ended;
    std::string line;
    for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) {
        if (c == '\n') {
            ended.lines.push_back(std::move(line));
            line.clear();
        } else {
            line += static_cast<char>(c);
        }
    }
    const int status = ::pclose(output);
    if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    return ended;
}

using TopicReader = KafkaTest;

TEST_F(TopicReader, PrintsEveryRecordOfEveryPartitionAndEnds) {
    fill(200);
    const Ended ended = read_topic(cluster.brokers() + " in");
    EXPECT_EQ(ended.exit_code, 0);
    std::vector<std::string> expected;
    for (int i = 0; i < 200; ++i) expected.push_back(std::to_string(i));
    EXPECT_THAT(ended.lines, ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(TopicReader, PrintsHeadersOnOneLineEach) {
    auto to = sink();
    pipeline::Output made = output("key", "value");
    made.headers = {{"class", "refused"}, {"message", "two\nlines"}};
    ASSERT_TRUE(loop.run(to->write(made)));
    ASSERT_TRUE(loop.run(to->write(output("other", "without headers"))));
    loop.run(to->close(soon()));
    const Ended ended = read_topic("--headers " + cluster.brokers() + " out");
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.lines, UnorderedElementsAre("class=refused\tmessage=two lines", ""));
}

TEST_F(TopicReader, EndsAtOnceOnAnEmptyTopic) {
    const Ended ended = read_topic(cluster.brokers() + " dead");
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_TRUE(ended.lines.empty());
}

TEST_F(TopicReader, SaysWhichPropertyIsWrong) {
    const Ended ended = read_topic("--property no.such=1 " + cluster.brokers() + " in");
    EXPECT_EQ(ended.exit_code, 1);
    ASSERT_EQ(ended.lines.size(), 1U);
    EXPECT_THAT(ended.lines.front(), ::testing::HasSubstr("no.such"));
}

TEST_F(TopicReader, RefusesArgumentsItDoesNotKnow) {
    for (const char* wrong : {"", "127.0.0.1:1", "--what 127.0.0.1:1 in", "--property 127.0.0.1:1 in", "a b c"})
        EXPECT_EQ(read_topic(wrong).exit_code, 2) << wrong;
}

}  // namespace
}  // namespace prelabel::kafka::test
