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

/// What one run labels, and where its results go. `-` is standard input or output.
struct LabelFiles {
    std::vector<Input> inputs;
    std::string output;
    std::string dead_letters;
    bool resume = false;  ///< continue behind existing output; otherwise existing output is an error
    MadeWith with;
    ReadOptions read{};
};

/// The files of one run. They are checked against each other and against files of an earlier run before any is read:
///
///   lock the outputs ▸ no output is an input ▸ their records are ours, of this task and model ▸ the checkpoint
///   beside the output names the same inputs ▸ FileSource finds them unchanged as it reads
///
/// A file that is not ours is never changed. An output is only appended to, after a torn last line is removed.
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
    /// Whether the output shows what is done, so that `resume` can continue.
    [[nodiscard]] bool resumable() const { return !checkpoint_.empty(); }
    /// Of earlier runs with the same output.
    [[nodiscard]] std::size_t dead_letters_before() const { return dead_letters_before_; }
    /// Warnings for the user before the start; usually empty.
    [[nodiscard]] const std::string& warning() const { return warning_; }

private:
    explicit LabelRun(LabelFiles files);
    [[nodiscard]] Result<FinishedRecords> go_on(OutputFile& output, OutputFile& dead_letters);
    [[nodiscard]] Result<> go_on_with_checkpoint(const FinishedRecords& finished, const std::vector<ReadInput>& known);
    [[nodiscard]] Result<> go_on_without_checkpoint(const FinishedRecords& finished);
    /// The input with this name; null if there is none.
    [[nodiscard]] Input* find(const std::string& canonical);
    [[nodiscard]] Result<> remember() const;

    LabelFiles files_;
    std::vector<std::string> canonical_;  ///< paths of the inputs, each by its one name
    std::string checkpoint_;              ///< its path; empty if the output is not a file
    std::size_t dead_letters_before_ = 0;
    std::string warning_;
    InputOrder order_;
    std::unique_ptr<FileSource> source_;
    std::unique_ptr<FileOutbox> outbox_;
};

}  // namespace prelabel::files
