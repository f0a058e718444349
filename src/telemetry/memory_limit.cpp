#include "telemetry/memory_limit.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

namespace prelabel::telemetry {
namespace {

constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

/// A file with one number; `max`, or no such file, is no limit.
std::uint64_t number_in(const std::filesystem::path& file) {
    std::uint64_t number = 0;
    return std::ifstream(file) >> number ? number : none;
}

std::uint64_t machine(const std::filesystem::path& root) {
    std::ifstream stream(root / "proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    return stream >> name >> kibibytes && name == "MemTotal:" ? kibibytes * 1024 : none;
}

/// Where the limits of a line of /proc/self/cgroup are: `0::/path` in version 2, `4:memory:/path` in version 1.
struct Hierarchy {
    std::filesystem::path top;
    std::filesystem::path group;
    const char* file;
};

std::optional<Hierarchy> hierarchy(const std::filesystem::path& root, const std::string& line) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return std::nullopt;
    const auto controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const auto group = std::filesystem::path(line.substr(second + 1)).relative_path();
    if (controllers == ",,") return Hierarchy{root / "sys/fs/cgroup", group, "memory.max"};
    if (controllers.find(",memory,") == std::string::npos) return std::nullopt;
    return Hierarchy{root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"};
}

}  // namespace

std::uint64_t memory_limit(const std::filesystem::path& root) {
    std::uint64_t least = machine(root);
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const auto found = hierarchy(root, line);
        if (!found) continue;
        // Each group above limits too. In a container the path may be the host's: then only the top is there, its own.
        for (auto group = found->group;; group = group.parent_path()) {
            least = std::min(least, number_in(found->top / group / found->file));
            if (group.empty()) break;
        }
    }
    return least == none ? 0 : least;
}

}  // namespace prelabel::telemetry
