#include <prelabel/http/descriptors.hpp>

#include <algorithm>
#include <string>

#include <sys/resource.h>

namespace prelabel::http {
namespace {

constexpr rlim_t enough = 1U << 20U;

}  // namespace

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < std::min(limit.rlim_max, enough)) {
        limit.rlim_cur = std::min(limit.rlim_max, enough);
        static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
    }
    return descriptor_limit();
}

std::size_t descriptor_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::size_t>(std::min(limit.rlim_cur, enough)) : 1'024;
}

Result<> check_descriptors(std::size_t calls_at_once, std::size_t limit) {
    const std::size_t fitting = connections_within(limit);
    if (calls_at_once <= fitting) return {};
    return Error{Fault::config, "llm.limits.max_in_flight: " + std::to_string(calls_at_once) +
                                    " calls at once do not fit into a limit of " + std::to_string(limit) +
                                    " open files; at most " + std::to_string(fitting) +
                                    " do: lower it, or raise the hard limit (ulimit -Hn, LimitNOFILE=)"};
}

}  // namespace prelabel::http
