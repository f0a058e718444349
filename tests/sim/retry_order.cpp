#include "retry_order.hpp"

#include "world.hpp"

#include <algorithm>
#include <chrono>

namespace prelabel::sim {
namespace {

constexpr Duration longest_backoff = std::chrono::seconds(8);

}  // namespace

std::string retry_behind_others(const Process& process) {
    const auto& arrivals = process.model->arrivals();
    const auto first_where = [&](const auto& is_it) { return std::ranges::find_if(arrivals, is_it); };
    for (const auto& [number, tried] : process.model->tried()) {
        for (const auto& failed : tried.failures) {
            const Duration asked = failed.asked.value_or(Duration::zero());
            const TimePoint due = failed.at + std::max(longest_backoff, asked + asked / 10);
            const auto again = first_where([&, document = number](const SimModel::Arrival& arrival) {
                return arrival.document == document && arrival.at > failed.at;
            });
            const auto new_one =
                first_where([&](const SimModel::Arrival& arrival) { return arrival.first && arrival.at > due; });
            if (again != arrivals.end() && new_one < again)
                return "document " + std::to_string(number) + " was to be tried again, and new ones went first";
        }
    }
    return {};
}

}  // namespace prelabel::sim
