#pragma once

#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::files {

/// Which records of which inputs have their output already. Bound: memory grows with the gaps, not with the records.
class FinishedRecords {
public:
    /// `offsets` in any order, also repeated.
    void add(const std::string& topic, std::vector<Offset> offsets);
    [[nodiscard]] bool contains(const std::string& topic, Offset offset) const;
    [[nodiscard]] std::size_t size() const;

private:
    using Range = std::pair<Offset, Offset>;  // half-open
    std::map<std::string, std::vector<Range>, std::less<>> ranges_;
};

/// Reads what an interrupted run has written (outputs and dead letters; a missing file is an empty one) and cuts off a
/// last line that was torn by the interruption, so that the next run can go on behind it.
/// Errors: Fault::input with file and line for a line that is no output record; Fault::dependency when cutting fails.
[[nodiscard]] Result<FinishedRecords> finished_records(std::vector<std::string> paths);

}  // namespace prelabel::files
