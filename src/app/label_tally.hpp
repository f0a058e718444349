#pragma once

#include <prelabel/base/time.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/llm/usage.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace prelabel::app {

/// What a `label` came to, as it is told at its end. What earlier runs of the same output did counts where it says so.
struct LabelTally {
    std::uint64_t labeled = 0;                          ///< by this run
    std::uint64_t partial = 0;                          ///< of these
    std::uint64_t labeled_before = 0;                   ///< by earlier runs
    std::optional<std::uint64_t> documents;             ///< in the inputs; none: nobody knows
    bool about = false;                                 ///< their number is estimated, as not all is read
    std::map<std::string, std::uint64_t> dead_letters;  ///< that exist now, by class
    std::map<std::string, std::uint64_t> entities;      ///< by label, of this run
    llm::Usage usage;                                   ///< of this run
    bool priced = false;                                ///< else the usage's cost says nothing
    Duration took{};
    std::string output;  ///< `-`: standard output
    std::string dead_letters_at;

    [[nodiscard]] std::uint64_t dead_letters_total() const;
};

/// Fills in what this run counted; `labeled_before` and `dead_letters` are those of earlier runs then.
void count(const pipeline::Stats& stats, const files::ReadProgress& read, LabelTally& tally);

/// "87 of 172 labeled"
[[nodiscard]] std::string standing(const LabelTally& tally);
/// Why it ended before all was labeled: what may be spent, and how much of that is
[[nodiscard]] std::string spent_up(double usd_max, const llm::Usage& usage);
/// Some aligned lines, for people; each ends with a newline.
[[nodiscard]] std::string summary(const LabelTally& tally);

}  // namespace prelabel::app
