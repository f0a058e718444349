#pragma once

namespace prelabel::app {

/// What the shell is told.
enum ExitCode : int {
    done = 0,
    failed = 1,
    wrong_usage = 2,         ///< or configuration, or files; only an input that is opened later ends a run with it
    some_dead_lettered = 3,  ///< done, but some documents were dead-lettered
    model_unusable = 4,      ///< the model cannot be used as configured (key, model, address, request), or is away
    interrupted = 130        ///< by SIGINT or SIGTERM, before it was done
};

}  // namespace prelabel::app
