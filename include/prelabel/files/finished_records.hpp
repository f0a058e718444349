#pragma once

#include <prelabel/base/record.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::files {

/// Which records of which inputs already have their output, by their place in the input.
/// Bound: memory grows with the gaps, not with the records.
class FinishedRecords {
public:
    /// In any order; a record may be added twice.
    void add(std::string_view topic, Offset offset);
    [[nodiscard]] bool contains(std::string_view topic, Offset offset) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::vector<std::string> topics() const;

private:
    using Ranges = std::map<Offset, Offset>;  // from the first to one behind the last
    std::map<std::string, Ranges, std::less<>> ranges_;
};

}  // namespace prelabel::files
