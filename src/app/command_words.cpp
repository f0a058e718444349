#include "app/command_words.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace prelabel::app {
namespace {

constexpr const char* resume = "--resume";

bool goes_on(const std::string& word) {
    return word == resume || word.starts_with("--resume=") || word.starts_with("--retry-dead-letters");
}

bool is_plain(char c) {
    constexpr std::string_view others = "_-./:=,@%+";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> words_of_this_process() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> words;
    for (std::size_t at = 0; at < all.size();) {
        const auto end = std::min(all.find('\0', at), all.size());
        words.push_back(all.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

std::string shell_quoted(const std::string& word) {
    if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + '\'';
}

std::string to_continue(std::vector<std::string> words) {
    if (words.empty()) return "the same command and --resume";
    if (std::ranges::none_of(words, goes_on)) words.insert(std::ranges::find(words, "--"), resume);
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + shell_quoted(word);
    return line;
}

}  // namespace prelabel::app
