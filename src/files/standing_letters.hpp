#pragma once

#include "files/output_file.hpp"

#include <prelabel/base/record.hpp>
#include <prelabel/files/dead_letter_counts.hpp>
#include <prelabel/files/finished_records.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// The dead letters that earlier runs left, and which of their lines have had their time:
///
///   the document                                   its old line
///   is not tried again                             stands
///   is tried again, and has its new outcome        leaves
///   is tried again, and the run ended before       stands
///   has a later outcome that a crash left beside   leaves
///
/// Lines leave together at the end of a run (LabelRun::finish). So a document is in no file at no time.
/// Bound: memory grows with the dead letters.
class StandingLetters {
public:
    /// A line of the dead-letter file, in its order. Of two lines about one document the earlier one leaves.
    void add(std::string_view topic, Offset offset, const std::string& reason, LineRange line);
    /// A line about a document that is labeled.
    void leaves(LineRange line) { leaving_.push_back(line); }
    /// One that is nowhere a line may leave.
    void count_only(const std::string& reason) { ++counts_[reason]; }

    /// The inputs they are from.
    [[nodiscard]] std::vector<std::string> topics() const;
    /// Documents that died of one of `again` are to be labeled again. The others are done.
    void divide(const std::set<std::string>& again, FinishedRecords& done);
    /// A document's new outcome is written.
    void replaced(const Origin& origin);

    /// Those that stand.
    [[nodiscard]] const DeadLetterCounts& counts() const { return counts_; }
    /// In the order of the file.
    [[nodiscard]] std::vector<LineRange> leaving() const;

private:
    struct Letter {
        DeadLetterCounts::iterator reason;
        LineRange line;
    };
    using Letters = std::map<Offset, Letter>;

    void leave(const Letter& letter);

    DeadLetterCounts counts_;
    std::map<std::string, Letters, std::less<>> letters_;  ///< by topic; after divide() only those tried again
    std::vector<LineRange> leaving_;
};

}  // namespace prelabel::files
