#include "files/standing_letters.hpp"

#include <algorithm>

namespace prelabel::files {

void StandingLetters::add(std::string_view topic, Offset offset, const std::string& reason, LineRange line) {
    const auto counted = counts_.try_emplace(reason).first;
    ++counted->second;
    auto of_topic = letters_.find(topic);
    if (of_topic == letters_.end()) of_topic = letters_.emplace(topic, Letters()).first;
    const auto [letter, added] = of_topic->second.try_emplace(offset, Letter{counted, line});
    if (added) return;
    leave(letter->second);
    letter->second = {counted, line};
}

void StandingLetters::leave(const Letter& letter) {
    --letter.reason->second;
    leaving_.push_back(letter.line);
}

std::vector<std::string> StandingLetters::topics() const {
    std::vector<std::string> topics;
    for (const auto& [topic, letters] : letters_) topics.push_back(topic);
    return topics;
}

void StandingLetters::divide(const std::set<std::string>& again, FinishedRecords& done) {
    for (auto& [topic, letters] : letters_)
        std::erase_if(letters, [&](const auto& letter) {
            if (again.contains(letter.second.reason->first)) return false;
            done.add(topic, letter.first);
            return true;
        });
}

void StandingLetters::replaced(const Origin& origin) {
    const auto of_topic = letters_.find(origin.partition.topic);
    if (of_topic == letters_.end()) return;
    const auto letter = of_topic->second.find(origin.offset);
    if (letter == of_topic->second.end()) return;
    leave(letter->second);
    of_topic->second.erase(letter);
}

std::vector<LineRange> StandingLetters::leaving() const {
    std::vector<LineRange> sorted = leaving_;
    std::ranges::sort(sorted, {}, &LineRange::begin);
    return sorted;
}

}  // namespace prelabel::files
