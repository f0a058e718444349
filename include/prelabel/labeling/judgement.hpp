#pragma once

#include <prelabel/labeling/findings.hpp>

#include <string>
#include <variant>

namespace prelabel::labeling {

/// An answer that can be shipped.
struct Judged {
    Findings findings;
    bool cut_out = false;     ///< the answer was cut out of what stood around it
    bool other_form = false;  ///< it was not quite what was asked for, and clear
};

/// An answer that has to be asked for again.
struct Unusable {
    std::string problem;      ///< a sentence the model can act on; never document text
    bool unreadable = false;  ///< nothing could be read: an answer that ended at the output limit was cut there
    Findings findings;        ///< what may be shipped when nothing better comes, all of it set aside; or nothing
};

using Judgement = std::variant<Judged, Unusable>;

}  // namespace prelabel::labeling
