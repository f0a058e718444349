#include "app/command_words.hpp"

#include <prelabel/base/shell_word.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace prelabel::app {
namespace {

constexpr const char* resume = "--resume";

bool goes_on(const std::string& word) {
    return word == resume || word.starts_with("--resume=") || word.starts_with("--retry-dead-letters");
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

std::string to_continue(std::vector<std::string> words) {
    if (words.empty()) return "the same command and --resume";
    if (std::ranges::none_of(words, goes_on)) words.insert(std::ranges::find(words, "--"), resume);
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + shell_quoted(word);
    return line;
}

}  // namespace prelabel::app
