#include "app/dead_letter_news.hpp"

#include "app/numerals.hpp"

namespace prelabel::app {

bool DeadLetterNews::tells(pipeline::DeadLetterClass reason) {
    if (++seen_ <= told_max) return true;
    ++not_told_[reason];
    return false;
}

std::string DeadLetterNews::others(const std::string& file) const {
    if (seen_ <= told_max) return {};
    std::string classes;
    for (const auto reason : enum_values<pipeline::DeadLetterClass>)
        if (const auto count = not_told_[reason]; count > 0)
            classes += (classes.empty() ? "" : ", ") + in_thousands(count) + ' ' + std::string(to_string(reason));
    const std::uint64_t more = seen_ - told_max;
    return counted(more, "more dead letter") + (more == 1 ? " is" : " are") + " not shown (" + classes +
           "); all are in " + file;
}

}  // namespace prelabel::app
