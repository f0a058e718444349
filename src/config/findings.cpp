#include "config/findings.hpp"

#include <utility>

namespace prelabel::config {

Findings::Findings(std::string file, const std::vector<Assignment>& assignments, Problems& problems)
    : file_(std::move(file)), problems_(problems) {
    for (const auto& assignment : assignments) places_.emplace(assignment.key, assignment.place);
}

void Findings::report(const std::string& key, std::string what, std::string expected, std::string hint) {
    const auto place = places_.find(key);
    Problem problem = problem_at(file_, place == places_.end() ? Place{} : place->second);
    problem.key = key;
    problem.what = std::move(what);
    problem.expected = std::move(expected);
    problem.hint = std::move(hint);
    problems_.list.push_back(std::move(problem));
}

}  // namespace prelabel::config
