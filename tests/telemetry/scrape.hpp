#pragma once

#include <prelabel/telemetry/metrics.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::telemetry {

/// One line with a number.
struct ScrapedLine {
    std::string name;
    std::vector<std::pair<std::string, std::string>> labels;  ///< without their escapes
    double number = 0;
};

struct ScrapedFamily {
    std::string name;  ///< in OpenMetrics a counter's is without _total
    std::string type;
    std::string unit;
    std::string help;
    std::vector<ScrapedLine> lines;
};

/// What a scraper reads. Whatever breaks the rules of its format is a failure of the test that reads it.
class Scrape {
public:
    Scrape(const std::string& text, Exposition exposition);

    /// By name and labels: `calls_total{reply="ok"}`. Names are without `prelabel_`, which all of them begin with;
    /// bounds are written as a number of C++ is: `le="0.001"`, `le="1"`, `le="inf"`.
    [[nodiscard]] std::map<std::string, double> series() const { return series_; }
    [[nodiscard]] std::vector<ScrapedFamily> families() const { return families_; }

private:
    void comment(const std::string& line);
    void sample(const std::string& line);

    Exposition exposition_;
    std::vector<ScrapedFamily> families_;
    std::map<std::string, double> series_;
};

[[nodiscard]] Scrape scrape(const Snapshot& snapshot, Exposition exposition = Exposition::text);

}  // namespace prelabel::telemetry
