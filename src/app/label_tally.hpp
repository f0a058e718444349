#pragma once

#include <prelabel/base/enum_array.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/llm/reply_class.hpp>
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
    std::uint64_t dead = 0;                             ///< dead letters by this run
    std::uint64_t labeled_before = 0;                   ///< by earlier runs, whatever they chose of the inputs
    std::uint64_t skipped = 0;                          ///< of this run's choice, over since earlier runs
    std::optional<std::uint64_t> to_do;                 ///< by this run; none: not all is read
    std::optional<std::uint64_t> documents;             ///< of which all runs labeled some; none: nobody knows
    bool about = false;                                 ///< their number is estimated, as not all is read
    std::map<std::string, std::uint64_t> dead_letters;  ///< that exist now, by class
    std::map<std::string, std::uint64_t> entities;      ///< by label, of this run
    llm::Usage usage;                                   ///< of this run, as all that follows
    std::uint64_t requests = 0;                         ///< also those that failed
    EnumArray<llm::ReplyClass, std::uint64_t> calls;    ///< what became of them
    std::uint64_t tried_again = 0;                      ///< of those that failed
    std::uint64_t reasks = 0;                           ///< requests because an answer could not be used
    bool priced = false;                                ///< else the usage's cost says nothing
    Duration took{};
    std::string output;  ///< `-`: standard output
    std::string dead_letters_at;

    [[nodiscard]] std::uint64_t labeled_in_all() const { return labeled + labeled_before; }
    [[nodiscard]] std::uint64_t dead_letters_total() const;
    /// Earlier runs did something, so that what is there and what this run did are two things.
    [[nodiscard]] bool goes_on() const { return labeled_before > 0 || skipped > 0; }
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
