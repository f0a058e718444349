#pragma once

namespace prelabel::record {

/// What a run's records hold that depends on its configuration and not on a document.
struct Extras {
    bool raw_answer = false;  ///< the model's text, also of answers that could not be used
    bool priced = true;       ///< false: nobody has said what a token costs, so costs are unknown and not 0
};

}  // namespace prelabel::record
