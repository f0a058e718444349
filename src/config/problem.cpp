#include <prelabel/base/redaction.hpp>
#include <prelabel/config/problem.hpp>

#include <cstdlib>

namespace prelabel::config {

std::string to_string(const Problem& problem) {
    std::string text = problem.option;
    if (text.empty()) {
        text = problem.file;
        if (problem.line != 0) text += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
    }
    if (!problem.key.empty()) text += ": " + problem.key;
    text += ": " + problem.what;
    if (problem.hint.starts_with("did you mean")) {
        // Most likely the cure, and the list may be long.
        text += "; " + problem.hint;
        if (!problem.expected.empty()) text += " Expected " + problem.expected;
    } else {
        if (!problem.expected.empty()) text += "; expected " + problem.expected;
        if (!problem.hint.empty()) text += "; " + problem.hint;
    }
    return redacted(text);
}

std::string to_string(const Problems& problems) {
    std::string text;
    for (const auto& problem : problems.list) text += to_string(problem) + "\n";
    return text;
}

void throw_exception_from_error(const Problems& problems, const boost::source_location&) {
    expects(false, to_string(problems).c_str());
    std::abort();
}

}  // namespace prelabel::config
