#pragma once

#include <array>

namespace prelabel::app {

/// What the shell is told.
enum ExitCode : int {
    done = 0,
    failed = 1,
    wrong_usage = 2,         ///< or configuration, or files; only an input that is read later ends a run with it
    some_dead_lettered = 3,  ///< done, but some documents were dead-lettered
    model_unusable = 4,      ///< the model cannot be used as configured (key, model, address, request), or is away
    interrupted = 130        ///< by SIGINT or SIGTERM, before it was done
};

struct ExitCodeText {
    ExitCode code;
    const char* text;
};

/// The same for users.
inline constexpr auto exit_code_texts = std::to_array<ExitCodeText>(
    {{done, "Done; run: drained after a signal."},
     {failed, "Failed, or stopped at --max-cost. Trying again may help; check says what to do first."},
     {wrong_usage, "Wrong usage, configuration or input. Trying again does not help."},
     {some_dead_lettered, "label is done, and some documents are dead letters."},
     {model_unusable, "label gave up on the model: key, name, address, request or account, or no answer for too long."},
     {interrupted, "Interrupted before it was done. label goes on with --resume."}});

}  // namespace prelabel::app
