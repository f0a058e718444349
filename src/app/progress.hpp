#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/config/settings.hpp>
#include <prelabel/files/file_source.hpp>
#include <prelabel/pipeline/stats.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace prelabel::app {

/// How far `label` is, on stderr: a bar that is redrawn on a terminal, a plain line every ten seconds elsewhere.
class Progress {
public:
    struct Now {
        files::ReadProgress read;
        const pipeline::Stats* stats;
    };

    Progress(async::Clock& clock, const config::Settings& settings, std::function<Now()> look);
    ~Progress();

    /// The last picture, left standing.
    void finish();
    /// Makes room for a line of somebody else's on the same terminal.
    void clear();

private:
    void show();
    [[nodiscard]] std::string line() const;
    /// Of the limits per minute, the share that is used up most.
    [[nodiscard]] std::string quota(const pipeline::Stats& stats, double elapsed) const;

    async::Clock& clock_;
    pipeline::Limits limits_;
    bool priced_;
    std::function<Now()> look_;
    TimePoint started_;
    bool terminal_;
    async::Timer timer_;
};

}  // namespace prelabel::app
