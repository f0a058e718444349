#pragma once

#include <algorithm>
#include <ctime>
#include <limits>

namespace prelabel::files {

/// The seconds that work takes this process at its best of three times. What others do at the same time does not count.
template <class Work>
double cpu_seconds(const Work& work) {
    double best = std::numeric_limits<double>::max();
    for (int times = 0; times < 3; ++times) {
        const std::clock_t begun = std::clock();
        work();
        best = std::min(best, static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
    }
    return best;
}

}  // namespace prelabel::files
