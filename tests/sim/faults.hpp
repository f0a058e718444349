#pragma once

namespace prelabel::sim {

/// How often the world outside fails, each as a probability per operation.
struct Faults {
    double commit_fails = 0;
    double commit_unheard = 0;  // applied, and the answer lost
    double write_fails = 0;
    double write_unheard = 0;  // written, and the acknowledgement lost
    double write_late = 0;     // given up, and written after all
    double call_fails = 0;     // throttled, overloaded, reset, silence, broken envelope
    double overloaded = 0;     // 503, nothing else
    double answer_bad = 0;     // cut off, fenced, invented, unknown label
    double usage_missing = 0;  // an answer comes without token counts
    double in_vain = 0;        // of broken envelopes: one that holds no answer, and is charged like one
    double crossed = 0;        // a reply is handed to the next call: what no connection may ever do
};

}  // namespace prelabel::sim
