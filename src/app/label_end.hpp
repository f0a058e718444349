#pragma once

#include "app/label_tally.hpp"

#include <prelabel/base/result.hpp>
#include <prelabel/files/label_run.hpp>
#include <prelabel/pipeline/worker.hpp>

#include <optional>
#include <string>
#include <vector>

namespace prelabel::app {

/// How a `label` ends: what it says last, and its exit code.
/// Lifetime: within those of the run and the worker.
class LabelEnd {
public:
    struct Told {
        std::string output;
        std::string dead_letters;
        std::vector<files::Input> inputs{};
        bool from_a_pipe = false;  ///< standard input is among the inputs
        bool priced = false;       ///< what calls cost is known
        bool quiet = false;
    };
    /// What happened to a run beside its documents.
    struct Events {
        bool interrupted = false;
        std::optional<Error> lost;  ///< why nothing could be written any more
    };

    LabelEnd(const files::LabelRun& run, pipeline::Worker& worker, Told told);

    /// "87 of 172 labeled; continue with: prelabel label …"
    [[nodiscard]] std::string how_to_continue() const;
    /// On standard error; nothing of a run that came to nothing.
    void print_summary(const Result<>& outcome, Duration took) const;
    /// Says on standard error what went wrong. A closed pipe ends the process.
    [[nodiscard]] int exit_code(const Result<>& outcome, const Events& events) const;

private:
    [[nodiscard]] LabelTally tally() const;
    /// Says so where the inputs held nothing to label.
    void warn_of_no_documents() const;

    const files::LabelRun& run_;
    pipeline::Worker& worker_;
    Told told_;
};

}  // namespace prelabel::app
