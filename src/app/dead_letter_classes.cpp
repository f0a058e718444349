#include "app/dead_letter_classes.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace prelabel::app {
namespace {

constexpr std::array healed_by_time{pipeline::DeadLetterClass::deadline, pipeline::DeadLetterClass::request_rejected};

const std::vector<std::string>& all_classes() {
    static const std::vector<std::string> all = enum_words<pipeline::DeadLetterClass>();
    return all;
}

std::vector<std::string> words(const std::string& list) {
    if (list == without_value) return all_classes();
    std::vector<std::string> words;
    std::istringstream text(list);
    for (std::string word; std::getline(text, word, ',');) words.push_back(word);
    return words;
}

}  // namespace

std::string wrong_classes(const std::string& list) {
    const auto& known = all_classes();
    for (const auto& word : words(list)) {
        if (std::ranges::find(known, word) != known.end()) continue;
        std::string all;
        for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
        const auto meant = nearest(word, known);
        return "there is no class \"" + word + '"' + (meant ? "; did you mean " + *meant + "?" : "; there are " + all);
    }
    return {};
}

std::set<std::string> named_classes(const std::string& list) {
    const auto named = words(list);
    return {named.begin(), named.end()};
}

std::set<std::string> classes_to_retry(const std::string& list) {
    auto classes = named_classes(list);
    for (const auto reason : healed_by_time) classes.emplace(to_string(reason));
    return classes;
}

}  // namespace prelabel::app
