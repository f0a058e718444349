// topic-reader: prints what a topic holds, from its beginning to its present end, and leaves no trace on the broker.
//
// For looking at topics where no other tool is installed; it joins no group and commits nothing.

#include <prelabel/kafka/topic_scan.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace prelabel;  // NOLINT: a program of one file

constexpr std::string_view usage =
    "usage: topic-reader [--headers] [--property NAME=VALUE]… HOST:PORT TOPIC\n"
    "Prints the records of a topic, one line each: the value, or with --headers its headers as tab-separated\n"
    "name=value. Exits 1 when the broker cannot be read within 10 s.\n";

struct Arguments {
    kafka::TopicToScan from{{}, {}, {}, "--property", "topic-reader"};
    bool headers = false;
};

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
            arguments.from.properties[std::string(word.substr(0, equals))] = word.substr(equals + 1);
        } else if (words[i].starts_with("--")) {
            return {};
        } else {
            places.push_back(words[i]);
        }
    }
    if (places.size() != 2) return {};
    arguments.from.brokers = places[0];
    arguments.from.topic = places[1];
    return arguments;
}

int complain(const std::string& what) {
    std::fprintf(stderr, "topic-reader: %s\n", what.c_str());
    return 1;
}

/// A header's value on one line: what would break it becomes a space.
std::string on_one_line(std::string text) {
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

std::string headers_of(const Record& record) {
    std::string line;
    for (const auto& [name, value] : record.headers)
        line += (line.empty() ? "" : "\t") + name + "=" + on_one_line(value.value_or(""));
    return line;
}

int read(const Arguments& arguments) {
    const auto read = kafka::scan_topic(arguments.from, [&](const Record& record) {
        const std::string line = (arguments.headers ? headers_of(record) : record.value.value_or("")) + "\n";
        return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
    });
    if (!read) return complain(read.error().message);
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
