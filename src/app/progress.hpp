#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace prelabel::app {

/// Of all input documents, the share that is over; none where their size is unknown.
[[nodiscard]] std::optional<double> share_done(const files::ReadProgress& read, const pipeline::Stats& stats);

/// How far `label` or `run` is, on stderr: one row that is redrawn on a terminal, a plain line every ten seconds
/// elsewhere. Rates, the quota's share and the ETA are those of the last minute.
class Progress {
public:
    struct Now {
        files::ReadProgress read;
        const pipeline::Stats* stats;
        std::optional<std::uint64_t> lag{};  ///< records of a topic that are not done, where that is known
        std::string waits_for{};             ///< what is missing meanwhile
    };

    /// `priced`: the costs that the pipeline counts are known. `pace`: how often the row is redrawn.
    Progress(async::Clock& clock, bool priced, std::function<Now()> look,
             Duration pace = std::chrono::milliseconds(200));
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// The last picture, left standing.
    void finish();
    /// Makes room for a line of somebody else's on the same terminal.
    void clear();

private:
    /// What was done by a moment.
    struct Sample {
        TimePoint at;
        std::uint64_t ended = 0;
        double share = 0;  ///< of the input, by this run
        std::uint64_t calls = 0;
        std::uint64_t tokens = 0;
    };

    void show();
    void arm();
    /// Erases what was drawn, also where a narrower terminal has wrapped it.
    [[nodiscard]] std::string erased();
    [[nodiscard]] std::string drawn();
    [[nodiscard]] Sample sample(const Now& now) const;
    /// The latest sample that is a minute old, or the oldest.
    [[nodiscard]] const Sample& a_minute_ago() const;
    [[nodiscard]] bool waits_for_the_first_answer(const pipeline::Stats& stats) const;
    /// At most so many columns wide.
    [[nodiscard]] std::string line(std::size_t columns) const;

    async::Clock& clock_;
    bool priced_;
    std::function<Now()> look_;
    Duration pace_;
    TimePoint started_;
    bool terminal_;
    std::size_t drawn_columns_ = 0;  ///< of the row that stands on the terminal
    std::deque<Sample> samples_;     ///< of the last minute, a second apart; never empty
    async::Timer timer_;
};

}  // namespace prelabel::app
