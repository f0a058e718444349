#include "app/label_end.hpp"

#include "app/command_words.hpp"
#include "app/config_option.hpp"
#include "app/exit_code.hpp"
#include "app/numerals.hpp"

#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace prelabel::app {
namespace {

/// The reader of a pipe has what it wanted (`| head`): the end that every other tool has then.
[[noreturn]] void end_as_by_a_closed_pipe() {
    std::signal(SIGPIPE, SIG_DFL);
    static_cast<void>(std::raise(SIGPIPE));
    std::_Exit(failed);
}

}  // namespace

LabelEnd::LabelEnd(const files::LabelRun& run, pipeline::Worker& worker, Told told)
    : run_(run), worker_(worker), told_(std::move(told)) {}

LabelTally LabelEnd::tally() const {
    LabelTally tally;
    tally.labeled_before = run_.labeled_before();
    tally.dead_letters = run_.dead_letters_before();
    tally.priced = told_.priced;
    tally.output = told_.output;
    tally.dead_letters_at = told_.dead_letters;
    count(worker_.stats(), run_.progress(), tally);
    return tally;
}

std::string LabelEnd::how_to_continue() const {
    const std::string line = standing(tally());
    if (!run_.resumable()) return line;
    return line + (told_.from_a_pipe ? "; continue with the same standard input and: " : "; continue with: ") +
           to_continue(words_of_this_process());
}

void LabelEnd::print_summary(const Result<>& outcome, Duration took) const {
    LabelTally tally = this->tally();
    tally.took = took;
    const bool idle = tally.labeled == 0 && tally.usage.requests == 0;
    if (outcome || !idle) std::cerr << redacted(summary(tally));
}

void LabelEnd::warn_of_no_documents() const {
    constexpr std::size_t named_max = 3;
    const auto read = run_.progress();
    if (!read.ended || read.records + read.skipped > 0) return;
    std::string names;
    for (std::size_t i = 0; i < std::min(told_.inputs.size(), named_max); ++i)
        names += (i > 0 ? ", " : "") + (told_.inputs[i].path == "-" ? "standard input" : told_.inputs[i].path);
    if (told_.inputs.size() > named_max) names += " and " + counted(told_.inputs.size() - named_max, "other file");
    complain("no documents in " + names);
}

int LabelEnd::exit_code(const Result<>& outcome, const Events& events) const {
    if (const auto& reason = worker_.gave_up_because()) {
        complain("the model cannot be used: " + *reason);
        complain(how_to_continue());
        return model_unusable;
    }
    if (!outcome) {
        const int code = refuse(outcome.error());
        // What was refused before it began would be refused again.
        if (code != wrong_usage || worker_.stats().calls_started > 0) complain(how_to_continue());
        return code;
    }
    if (events.lost && !events.interrupted) {
        if (events.lost->fault == Fault::cancelled) end_as_by_a_closed_pipe();
        return refuse({Fault::dependency, events.lost->message});
    }
    if (events.lost) complain(events.lost->message);
    if (events.interrupted && (worker_.stats().documents_abandoned > 0 || !run_.progress().ended)) {
        complain(how_to_continue());
        return interrupted;
    }
    warn_of_no_documents();
    const auto dead = tally().dead_letters_total();
    if (dead == 0) return done;
    if (told_.quiet) complain(counted(dead, "dead letter") + " in " + told_.dead_letters);
    return some_dead_lettered;
}

}  // namespace prelabel::app
