#pragma once

#include "files/output_file.hpp"
#include "files/standing_letters.hpp"

#include <prelabel/files/finished_records.hpp>
#include <prelabel/files/made_with.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace prelabel::files {

/// What earlier runs have written.
struct OutputRecords {
    FinishedRecords finished;  ///< annotations; dead letters once they are divided
    std::size_t labeled = 0;
    StandingLetters dead_letters;
};

/// How a file is read.
struct OutputReading {
    MadeWith with;
    bool mixed = false;         ///< records of another task or model are none the worse
    bool dead_letters = false;  ///< it is the file of the dead letters, read behind the annotations
};

/// What is said behind a difference that refuses a file.
inline constexpr std::string_view not_mixed =
    "; outputs of both are not mixed: go on as before, write to another file, or mix them with --resume=mixed";

/// How something was made otherwise than it would be now, as "version … of the task, now it is …"; empty where it was
/// not. A dead letter knows its task's version only.
[[nodiscard]] std::string difference(const MadeWith& before, const MadeWith& now);

/// Adds what a locked output or dead-letter file of ours holds, and cuts off a last line that an interruption tore, so
/// that a run can go on behind it. Only a line without newline behind at least one record of ours is cut:
/// nobody else's file is changed.
/// Bound:  memory of one line; what is longer than any output can be is none of ours.
/// Errors: Fault::config with file and line for what is no output record, or was made with another task or model;
///         Fault::dependency when cutting fails.
[[nodiscard]] Result<> read_output(OutputFile& file, const OutputReading& reading, OutputRecords& into);

}  // namespace prelabel::files
