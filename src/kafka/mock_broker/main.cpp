// mock-broker: librdkafka's mock cluster in a process of its own, for trying and testing without a Java broker.
//
// It keeps records in memory, at most 5 MiB or 100,000 of a partition, knows no transactions and ends when told to: a
// real broker is needed for everything that matters.

#include "kafka/handles.hpp"

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <librdkafka/rdkafka_mock.h>
#include <sys/signalfd.h>

namespace {

using namespace prelabel::kafka;  // NOLINT: a program of one file

constexpr std::string_view usage =
    "usage: mock-broker [--brokers N] [--topic NAME:PARTITIONS]… [--until-stdin-closes]\n"
    "Serves the Kafka protocol on loopback and prints `bootstrap HOST:PORT`. Ends on SIGTERM or SIGINT.\n";

struct Topic {
    std::string name;
    int partitions = 1;
};

struct Arguments {
    int brokers = 1;
    std::vector<Topic> topics;
    bool until_stdin_closes = false;
};

std::optional<int> positive(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 1'000) return {};
    return value;
}

std::optional<Topic> topic(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    const auto partitions = positive(text.substr(colon + 1));
    if (!partitions) return {};
    return Topic{std::string(text.substr(0, colon)), *partitions};
}

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--until-stdin-closes") {
            arguments.until_stdin_closes = true;
            continue;
        }
        if (i + 1 == words.size()) return {};
        if (words[i] == "--brokers") {
            const auto count = positive(words[++i]);
            if (!count) return {};
            arguments.brokers = *count;
        } else if (words[i] == "--topic") {
            auto made = topic(words[++i]);
            if (!made) return {};
            arguments.topics.push_back(std::move(*made));
        } else {
            return {};
        }
    }
    return arguments;
}

void wait_for_the_end(bool until_stdin_closes, const sigset_t& signals) {
    const int fd = ::signalfd(-1, &signals, SFD_CLOEXEC);
    std::array<pollfd, 2> watched{pollfd{fd, POLLIN, 0}, pollfd{until_stdin_closes ? STDIN_FILENO : -1, POLLIN, 0}};
    for (;;) {
        if (::poll(watched.data(), watched.size(), -1) < 0) continue;
        if (watched[0].revents != 0) break;
        std::array<char, 256> ignored{};
        if (watched[1].revents != 0 && ::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) break;
    }
    ::close(fd);
}

int serve(const Arguments& arguments, const sigset_t& signals) {
    std::array<char, 512> reason{};
    ConfPtr conf(rd_kafka_conf_new());
    rd_kafka_conf_set(conf.get(), "log_level", "3", reason.data(),
                      reason.size());  // it connects to nothing, and says so
    const ClientPtr client(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason.data(), reason.size()));
    if (!client) {
        std::fprintf(stderr, "mock-broker: %s\n", reason.data());
        return 1;
    }
    static_cast<void>(conf.release());
    const std::unique_ptr<rd_kafka_mock_cluster_t, DestroyWith<rd_kafka_mock_cluster_destroy>> cluster(
        rd_kafka_mock_cluster_new(client.get(), arguments.brokers));
    if (!cluster) {
        std::fprintf(stderr, "mock-broker: the cluster could not be made\n");
        return 1;
    }
    for (const auto& [name, partitions] : arguments.topics) {
        const auto error = rd_kafka_mock_topic_create(cluster.get(), name.c_str(), partitions, 1);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            std::fprintf(stderr, "mock-broker: topic %s: %s\n", name.c_str(), rd_kafka_err2str(error));
            return 1;
        }
    }
    rd_kafka_mock_group_initial_rebalance_delay_ms(cluster.get(), 0);
    std::printf("bootstrap %s\n", rd_kafka_mock_cluster_bootstraps(cluster.get()));
    std::fflush(stdout);
    wait_for_the_end(arguments.until_stdin_closes, signals);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    const std::vector<std::string_view> rest(words + 1, words + count);
    if (!rest.empty() && rest.front() == "--help") {
        std::fwrite(usage.data(), 1, usage.size(), stdout);
        return 0;
    }
    const auto arguments = parse(rest);
    if (!arguments) {
        std::fwrite(usage.data(), 1, usage.size(), stderr);
        return 2;
    }
    sigset_t signals;  // blocked before the client starts threads, so that none of them takes one
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return serve(*arguments, signals);
}
