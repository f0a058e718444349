#include "scrape.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

constexpr std::string_view prefix = "prelabel_";

bool is_name(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && (text[0] < '0' || text[0] > '9') && std::ranges::all_of(text, fits);
}

/// Reads a label's value up to its closing quote; `at` ends behind it.
std::string quoted(const std::string& line, std::size_t& at) {
    std::string value;
    for (; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] != '\\') {
            value += line[at];
            continue;
        }
        const char escaped = ++at < line.size() ? line[at] : ' ';
        EXPECT_NE(std::string_view("\\\"n").find(escaped), std::string_view::npos) << "an unknown escape: " << line;
        value += escaped == 'n' ? '\n' : escaped;
    }
    EXPECT_LT(at++, line.size()) << "a quote is missing: " << line;
    return value;
}

double number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    EXPECT_TRUE(!text.empty() && *end == '\0' && text[0] != ' ') << "no number: \"" << text << '"';
    return value;
}

ScrapedLine parsed(const std::string& line) {
    ScrapedLine out;
    std::size_t at = line.find_first_of("{ ");
    out.name = line.substr(0, at);
    EXPECT_TRUE(is_name(out.name)) << line;
    if (at == std::string::npos) return out;
    while (line[at] != ' ' && line[at] != '}') {
        const auto equals = line.find("=\"", ++at);
        if (equals == std::string::npos) {
            ADD_FAILURE() << "a label without a value: " << line;
            return out;
        }
        const auto label = line.substr(at, equals - at);
        EXPECT_TRUE(is_name(label)) << line;
        at = equals + 2;
        out.labels.emplace_back(label, quoted(line, at));
        EXPECT_TRUE(line[at] == ',' || line[at] == '}') << line;
    }
    out.number = number(line.substr(line[at] == '}' ? at + 2 : at + 1));
    return out;
}

/// What a sample's name may add to its family's.
bool may_add(const std::string& type, std::string_view rest, Exposition exposition) {
    if (type == "histogram") return rest == "_bucket" || rest == "_count" || rest == "_sum";
    return rest == (type == "counter" && exposition == Exposition::openmetrics ? "_total" : "");
}

}  // namespace

Scrape::Scrape(const std::string& text, Exposition exposition) : exposition_(exposition) {
    EXPECT_TRUE(text.ends_with('\n'));
    std::istringstream lines(text);
    bool ended = false;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_FALSE(ended) << "behind the end: " << line;
        ended = line == "# EOF";
        if (ended) continue;
        if (line.starts_with("# ")) {
            comment(line);
        } else {
            sample(line);
        }
    }
    EXPECT_EQ(ended, exposition == Exposition::openmetrics);
    for (const auto& family : families_) {
        EXPECT_FALSE(family.lines.empty()) << family.name << " has no number";
        EXPECT_FALSE(family.type.empty()) << family.name << " has no type";
        EXPECT_FALSE(family.help.empty()) << family.name << " has no help";
    }
}

void Scrape::comment(const std::string& line) {
    std::istringstream words(line);
    std::string hash;
    std::string what;
    std::string name;
    std::string rest;
    words >> hash >> what >> name;
    std::getline(words >> std::ws, rest);
    EXPECT_TRUE(name.starts_with(prefix)) << line;
    if (families_.empty() || families_.back().name != name) {
        for (const auto& family : families_) EXPECT_NE(family.name, name) << "stands in two places";
        families_.push_back({name, {}, {}, {}, {}});
    }
    ScrapedFamily& family = families_.back();
    EXPECT_TRUE(family.lines.empty()) << "behind its numbers: " << line;
    std::string& place = what == "TYPE" ? family.type : what == "UNIT" ? family.unit : family.help;
    EXPECT_TRUE(what == "HELP" || what == "TYPE" || (what == "UNIT" && exposition_ == Exposition::openmetrics)) << line;
    EXPECT_TRUE(place.empty()) << "said twice: " << line;
    place = rest;
}

void Scrape::sample(const std::string& line) {
    ScrapedLine read = parsed(line);
    if (families_.empty() || !read.name.starts_with(families_.back().name)) {
        ADD_FAILURE() << "not where its family is: " << line;
        return;
    }
    const auto& type = families_.back().type;
    EXPECT_TRUE(may_add(type, read.name.substr(families_.back().name.size()), exposition_)) << type << ": " << line;
    std::string key = read.name.substr(prefix.size());
    for (std::size_t i = 0; i < read.labels.size(); ++i) {
        auto value = read.labels[i].second;
        if (read.labels[i].first == "le") {
            std::ostringstream bound;
            bound << number(value);
            value = bound.str();
        }
        key += (i == 0 ? "{" : ",") + read.labels[i].first + "=\"" + value + "\"";
    }
    if (!read.labels.empty()) key += "}";
    EXPECT_TRUE(series_.emplace(key, read.number).second) << "said twice: " << line;
    families_.back().lines.push_back(std::move(read));
}

Scrape scrape(const Snapshot& snapshot, Exposition exposition) {
    return {render_metrics(snapshot, exposition), exposition};
}

}  // namespace prelabel::telemetry
