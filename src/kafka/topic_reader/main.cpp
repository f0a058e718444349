// topic-reader: prints what a topic holds, from its beginning to its present end, and leaves no trace on the broker.
//
// For looking at topics where no other tool is installed; it joins no group and commits nothing.

#include "kafka/handles.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace prelabel::kafka;  // NOLINT: a program of one file

constexpr std::string_view usage =
    "usage: topic-reader [--headers] [--property NAME=VALUE]… HOST:PORT TOPIC\n"
    "Prints the records of a topic, one line each: the value, or with --headers its headers as tab-separated\n"
    "name=value. Exits 1 when the broker cannot be read within 10 s.\n";

constexpr int answer_ms_max = 10'000;

struct Property {
    std::string name;
    std::string value;
};

struct Arguments {
    std::string topic;
    // librdkafka wants a group's name for any consumer; nothing is asked of that group.
    std::vector<Property> properties{
        {"enable.auto.commit", "false"}, {"enable.partition.eof", "true"}, {"group.id", "topic-reader"}};
    bool headers = false;
};

using MessagePtr = std::unique_ptr<rd_kafka_message_t, DestroyWith<rd_kafka_message_destroy>>;
using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, DestroyWith<rd_kafka_metadata_destroy>>;

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
    Arguments arguments;
    std::vector<std::string_view> places;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--headers") {
            arguments.headers = true;
        } else if (words[i] == "--property" && i + 1 < words.size()) {
            const auto word = words[++i];
            const auto equals = word.find('=');
            if (equals == std::string_view::npos) return {};
            arguments.properties.push_back({std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))});
        } else if (words[i].starts_with("--")) {
            return {};
        } else {
            places.push_back(words[i]);
        }
    }
    if (places.size() != 2) return {};
    arguments.properties.push_back({"bootstrap.servers", std::string(places[0])});
    arguments.topic = places[1];
    return arguments;
}

int complain(const std::string& what) {
    std::fprintf(stderr, "topic-reader: %s\n", what.c_str());
    return 1;
}

ClientPtr connect(const Arguments& arguments, std::string& problem) {
    std::array<char, 512> reason{};
    ConfPtr conf(rd_kafka_conf_new());
    for (const auto& [name, value] : arguments.properties) {
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason.data(), reason.size()) !=
            RD_KAFKA_CONF_OK) {
            problem = reason.data();
            return nullptr;
        }
    }
    ClientPtr client(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), reason.data(), reason.size()));
    if (client) {
        static_cast<void>(conf.release());
    } else {
        problem = reason.data();
    }
    return client;
}

/// A header's value on one line: what would break it becomes a space.
std::string on_one_line(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return out;
}

void print_headers(const rd_kafka_message_t& message) {
    rd_kafka_headers_t* headers = nullptr;
    std::string line;
    if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
            if (!line.empty()) line += '\t';
            line += std::string(name) + "=" + on_one_line({static_cast<const char*>(value), value ? size : 0});
        }
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stdout);
}

void print_value(const rd_kafka_message_t& message) {
    if (message.len > 0) std::fwrite(message.payload, 1, message.len, stdout);
    std::fputc('\n', stdout);
}

int read(const Arguments& arguments) {
    std::string problem;
    const ClientPtr client = connect(arguments, problem);
    if (!client) return complain(problem);
    rd_kafka_poll_set_consumer(client.get());

    const TopicPtr topic(rd_kafka_topic_new(client.get(), arguments.topic.c_str(), nullptr));
    const rd_kafka_metadata_t* found = nullptr;
    const auto error = rd_kafka_metadata(client.get(), 0, topic.get(), &found, answer_ms_max);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return complain(rd_kafka_err2str(error));
    const MetadataPtr metadata(found);
    if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0)
        return complain("there is no topic " + arguments.topic);

    const int partitions = metadata->topics[0].partition_cnt;
    const PartitionListPtr from(rd_kafka_topic_partition_list_new(partitions));
    for (int i = 0; i < partitions; ++i)
        rd_kafka_topic_partition_list_add(from.get(), arguments.topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client.get(), from.get());
    for (int at_their_end = 0; at_their_end < partitions;) {
        const MessagePtr message(rd_kafka_consumer_poll(client.get(), answer_ms_max));
        if (!message) return complain("the broker does not answer");
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            ++at_their_end;
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return complain(rd_kafka_message_errstr(message.get()));
        } else if (arguments.headers) {
            print_headers(*message);
        } else {
            print_value(*message);
        }
    }
    return std::fflush(stdout) == 0 ? 0 : complain("the output cannot be written");
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
    return read(*arguments);
}
