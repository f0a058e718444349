#pragma once

#include <prelabel/base/enum_array.hpp>
#include <prelabel/pipeline/dead_letter.hpp>

#include <cstdint>
#include <string>

namespace prelabel::app {

/// Which dead letters of a `label` are told one by one: the first ones. All others are counted, and told at the end.
class DeadLetterNews {
public:
    static constexpr std::uint64_t told_max = 10;

    /// Whether this one is told.
    [[nodiscard]] bool tells(pipeline::DeadLetterClass reason);
    /// "2,558 more dead letters are not shown (2,500 refused, 58 deadline); all are in FILE"; empty: all were told.
    [[nodiscard]] std::string others(const std::string& file) const;

private:
    std::uint64_t seen_ = 0;
    EnumArray<pipeline::DeadLetterClass, std::uint64_t> not_told_;
};

}  // namespace prelabel::app
