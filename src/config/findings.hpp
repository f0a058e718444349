#pragma once

#include "config/reader.hpp"

#include <map>
#include <string>
#include <vector>

namespace prelabel::config {

/// What is wrong with values that are each right and do not fit together. It is reported where the key was written.
class Findings {
public:
    Findings(std::string file, const std::vector<Assignment>& assignments, Problems& problems);

    /// Somebody wrote that key.
    [[nodiscard]] bool given(const std::string& key) const { return places_.contains(key); }
    void report(const std::string& key, std::string what, std::string expected, std::string hint = {});

private:
    std::string file_;
    std::map<std::string, Place> places_;
    Problems& problems_;
};

}  // namespace prelabel::config
