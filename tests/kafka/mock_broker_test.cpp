// The mock-broker program, from outside: another process reaches it, and it ends when told to.
#include "loop.hpp"

#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/kafka_sink.hpp>
#include <prelabel/kafka/kafka_source.hpp>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace prelabel::kafka::test {
namespace {

class MockBroker {
public:
    explicit MockBroker(std::vector<const char*> arguments) {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        EXPECT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
        EXPECT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
        arguments.insert(arguments.begin(), PRELABEL_BINARY_DIR "/libexec/mock-broker");
        arguments.push_back(nullptr);
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            ::execv(arguments[0], const_cast<char* const*>(arguments.data()));  // NOLINT: execv takes no const
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        stdin_ = in[1];
        stdout_ = out[0];
    }
    MockBroker(const MockBroker&) = delete;
    MockBroker& operator=(const MockBroker&) = delete;
    ~MockBroker() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        if (stdin_ >= 0) ::close(stdin_);
        ::close(stdout_);
    }

    std::string first_line() const {
        std::string line;
        for (char c = 0; ::read(stdout_, &c, 1) == 1 && c != '\n';) line += c;
        return line;
    }

    void close_stdin() {
        ::close(stdin_);
        stdin_ = -1;
    }

    void signal(int number) const { ::kill(process_, number); }

    int exit_code() {
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    pid_t process_ = -1;
    int stdin_ = -1;
    int stdout_ = -1;
};

TEST(MockBroker, ServesClientsOfAnotherProcessAndEndsOnSigterm) {
    MockBroker broker({"--brokers", "1", "--topic", "raw-documents:2"});
    const auto line = broker.first_line();
    ASSERT_EQ(line.rfind("bootstrap 127.0.0.1:", 0), 0U) << line;
    Loop loop;
    const InputSettings input{line.substr(10), "raw-documents", "group", {}};
    auto sink = KafkaSink::create(loop.executor(), loop.clock(), loading_into(input, 1'000'000), {});
    ASSERT_TRUE(sink);
    pipeline::Output output;
    output.value = "a document";
    ASSERT_TRUE(loop.run((*sink)->write(output)));
    loop.run((*sink)->close(loop.clock().now() + std::chrono::seconds(10)));

    auto source = KafkaSource::create(loop.executor(), loop.clock(), input, {});
    ASSERT_TRUE(source);
    const auto assigned = loop.run((*source)->next({10, 1'000}));
    ASSERT_TRUE(assigned);
    for (const auto& one : std::get<pipeline::Assigned>(*assigned).partitions) (*source)->grant(one.partition, 1);
    std::vector<Record> read;  // the end of the empty partition may come first
    while (read.empty()) {
        auto batch = loop.run((*source)->next({10, 1'000}));
        ASSERT_TRUE(batch);
        read = std::move(std::get<pipeline::Batch>(*batch).records);
    }
    EXPECT_EQ(read.front().value, "a document");
    loop.run((*source)->close(loop.clock().now() + std::chrono::seconds(10)));

    broker.signal(SIGTERM);
    EXPECT_EQ(broker.exit_code(), 0);
}

TEST(MockBroker, EndsWithItsStandardInputWhenAsked) {
    MockBroker broker({"--until-stdin-closes", "--topic", "in:1"});
    EXPECT_NE(broker.first_line(), "");
    broker.close_stdin();
    EXPECT_EQ(broker.exit_code(), 0);
}

TEST(MockBroker, RefusesArgumentsItDoesNotKnow) {
    for (const std::vector<const char*>& wrong :
         {std::vector{"--topic", "in"}, {"--topic", "in:0"}, {"--brokers"}, {"--what", "1"}}) {
        MockBroker broker(wrong);
        EXPECT_EQ(broker.exit_code(), 2) << wrong.front();
    }
}

}  // namespace
}  // namespace prelabel::kafka::test
