#pragma once

// jsoncons' schema engine with our regular expressions in place of the standard library's, which take exponential time
// for some patterns and one stack frame for each character. jsoncons has no hook for that, but it writes `std::regex`
// inside its own namespace: there a namespace `std` of its own is found first. It adds to ::std and hides two names.
//
// One unit only may include this: another that includes jsoncons' schema engine as it is would define the same
// templates differently.

#include "labeling/pattern.hpp"

#include <regex>
#include <string>
#include <string_view>

namespace jsoncons::jsonschema::std {

using namespace ::std;

class regex {
public:
    enum Syntax { ECMAScript };

    regex(string_view pattern, Syntax) : pattern_(pattern) {}
    [[nodiscard]] bool found_in(string_view text) const { return pattern_.found_in(text); }

private:
    prelabel::labeling::Pattern pattern_;
};

inline bool regex_search(string_view text, const regex& expression) { return expression.found_in(text); }

}  // namespace jsoncons::jsonschema::std

#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>
