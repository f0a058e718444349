#pragma once

#include <prelabel/files/file_outbox.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/files/made_with.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::files {

class OutputFile;
struct ReadInput;

/// What one run labels, and where that goes. `-` is standard input or output.
struct LabelFiles {
    std::vector<Input> inputs;
    std::string output;
    std::string dead_letters;
    bool resume = false;  ///< go on behind what is there; otherwise that is an error
    MadeWith with;
};

/// The files of one run, checked against each other and against what an earlier run left, before anything is read:
///
///   lock the outputs ▸ none of them is an input ▸ what they hold is ours, of this task and model ▸ the checkpoint
///   beside the output names the same inputs ▸ FileSource finds them unchanged as it reads
///
/// Nothing of a file is changed that is not ours: but for a torn last line, an output is only appended to.
/// Lifetime: outlives the worker.   Threads: confined to the loop.
class LabelRun {
public:
    /// Errors: Fault::config for files that are not there, are each other, or do not go with what is there.
    [[nodiscard]] static Result<std::unique_ptr<LabelRun>> open(LabelFiles files, async::Executor executor,
                                                                async::Clock& clock, OutboxNews news);
    LabelRun(const LabelRun&) = delete;
    LabelRun& operator=(const LabelRun&) = delete;
    ~LabelRun();

    [[nodiscard]] FileSource& source() { return *source_; }
    [[nodiscard]] FileOutbox& outbox() { return *outbox_; }
    /// Whether what is written says what is done, so that `resume` can go on.
    [[nodiscard]] bool resumable() const { return !checkpoint_.empty(); }
    /// Of earlier runs with the same output.
    [[nodiscard]] std::size_t dead_letters_before() const { return dead_letters_before_; }
    /// What the user should know before it starts; empty as a rule.
    [[nodiscard]] const std::string& warning() const { return warning_; }

private:
    explicit LabelRun(LabelFiles files);
    [[nodiscard]] Result<FinishedRecords> go_on(OutputFile& output, OutputFile& dead_letters);
    [[nodiscard]] Result<> go_on_with_checkpoint(const FinishedRecords& finished, const std::vector<ReadInput>& known);
    [[nodiscard]] Result<> go_on_without_checkpoint(const FinishedRecords& finished);
    /// The input of this one name; null where there is none.
    [[nodiscard]] Input* find(const std::string& canonical);
    [[nodiscard]] Result<> remember() const;

    LabelFiles files_;
    std::vector<std::string> canonical_;  ///< paths of the inputs, each by its one name
    std::string checkpoint_;              ///< its path; empty where the output is no file
    std::size_t dead_letters_before_ = 0;
    std::string warning_;
    InputOrder order_;
    std::unique_ptr<FileSource> source_;
    std::unique_ptr<FileOutbox> outbox_;
};

}  // namespace prelabel::files
