#pragma once

#include <prelabel/files/dead_letter_counts.hpp>
#include <prelabel/files/file_outbox.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/files/made_with.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace prelabel::files {

class CheckpointFile;
class OutputFile;
class StandingLetters;
struct ReadInput;

/// What one run labels, and where its results go. `-` is standard input or output.
struct LabelFiles {
    std::vector<Input> inputs;
    std::string output;
    std::string dead_letters;
    bool resume = false;  ///< continue behind existing output; otherwise existing output is an error
    MadeWith with;
    ReadOptions read{};
    bool mixed = false;             ///< what another task or model made may stand beside
    std::set<std::string> again{};  ///< the classes of dead letters whose documents `resume` labels again
    Selection selection{};
};

/// The files of one run. They are checked against each other and against files of an earlier run before any is read:
///
///   lock the outputs ▸ no output is an input ▸ their records are ours, of this task and model ▸ the checkpoint
///   beside the output names the same inputs ▸ FileSource finds them unchanged as it reads
///
/// A file that is not ours is never changed. An output is only appended to, after a torn last line is removed; the
/// dead-letter file loses lines at the end of a run, about documents that have their outcome by then.
/// Beside an output that is no file nothing is resumed: dead letters go behind those of other runs.
/// Lifetime: outlives the worker.   Threads: confined to the loop.
class LabelRun {
public:
    /// Errors: Fault::config for files that do not exist, are the same, or do not match the files of the earlier run.
    [[nodiscard]] static Result<std::unique_ptr<LabelRun>> open(LabelFiles files, async::Executor executor,
                                                                async::Clock& clock, OutboxNews news);
    LabelRun(const LabelRun&) = delete;
    LabelRun& operator=(const LabelRun&) = delete;
    ~LabelRun();

    [[nodiscard]] FileSource& source() { return *source_; }
    [[nodiscard]] FileOutbox& outbox() { return *outbox_; }
    [[nodiscard]] ReadProgress progress() const { return source_->progress(); }
    /// Whether the output shows what is done, so that `resume` can continue.
    [[nodiscard]] bool resumable() const { return !checkpoint_.empty(); }
    /// Annotations by earlier runs with the same output.
    [[nodiscard]] std::size_t labeled_before() const { return labeled_before_; }
    /// Dead letters of earlier runs with the same output, by class; not those whose document has a new outcome.
    [[nodiscard]] const DeadLetterCounts& dead_letters_before() const;
    /// Takes those out of the dead-letter file, once the worker has ended. Errors: Fault::dependency; then they are
    /// still there, and the next run that resumes takes them out.
    [[nodiscard]] Result<> finish();
    /// Warnings for the user before the start; usually empty.
    [[nodiscard]] const std::string& warning() const { return warning_; }

private:
    explicit LabelRun(LabelFiles files);
    [[nodiscard]] Result<FinishedRecords> go_on(OutputFile& output, OutputFile& dead_letters);
    [[nodiscard]] Result<> start_anew(OutputFile& output, OutputFile& dead_letters);
    [[nodiscard]] Result<> go_on_with_checkpoint(const std::vector<std::string>& topics,
                                                 const std::vector<ReadInput>& known);
    [[nodiscard]] Result<> go_on_without_checkpoint(const std::vector<std::string>& topics);
    /// The input with this name; null if there is none.
    [[nodiscard]] Input* find(const std::string& canonical);
    void begin_checkpoint();
    [[nodiscard]] Result<> remember();

    LabelFiles files_;
    MadeWith made_before_;                                  ///< what is in the output before this run adds to it
    std::vector<std::string> canonical_;                    ///< paths of the inputs, each by its one name
    std::unordered_map<std::string, std::size_t> by_path_;  ///< where these stand
    std::string checkpoint_;                                ///< its path; empty if the output is not a file
    std::unique_ptr<CheckpointFile> kept_;                  ///< none then
    std::size_t remembered_ = 0;                            ///< inputs whose marks change no more
    std::size_t labeled_before_ = 0;
    std::unique_ptr<StandingLetters> letters_;
    std::string warning_;
    InputOrder order_;
    std::unique_ptr<FileSource> source_;
    std::unique_ptr<FileOutbox> outbox_;
};

}  // namespace prelabel::files
