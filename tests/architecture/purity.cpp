#include "layers.hpp"
#include "library_table.hpp"

#include <algorithm>
#include <regex>

namespace prelabel::architecture {
namespace {

struct Ban {
    std::string_view what;
    std::regex pattern;
};

std::regex words(const char* pattern) { return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize); }

const std::vector<Ban>& banned_code() {
    static const std::vector<Ban> all = {
        {"reads a clock: take `now` as a parameter",
         words(R"(\w*_clock\s*::\s*now\b|\b(gettimeofday|clock_gettime|localtime|gmtime)\b|\bstd::(time|clock)\s*\()")},
        {"sleeps", words(R"(\b(sleep_for|nanosleep|usleep)\b)")},
        {"uses threads or locks",
         words(
             R"(\bstd::(j?thread|this_thread|\w*mutex|\w*_lock|lock_guard|condition_variable\w*|future|promise|async|atomic\w*)\b|\bthread_local\b)")},
        {"uses unseeded randomness: take a base Rng",
         words(R"(\brandom_device\b|\bdefault_random_engine\b|\bs?rand(om)?\s*\()")},
        {"writes to the terminal or a log",
         words(R"(\bstd::(cout|cerr|clog)\b|\b(std::)?(f?printf|puts|perror)\s*\(|\bsyslog\s*\()")},
        {"reads the environment", words(R"(\b(secure_)?getenv\b)")},
    };
    return all;
}

const std::vector<Ban>& banned_includes() {
    static const std::vector<Ban> all = {
        {"threads and locks live in shell libraries",
         words("^(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|atomic)$")},
        {"streams to terminals and files live in shell libraries",
         words("^(iostream|fstream|print|syncstream|filesystem)$")},
        {"the system is for shell libraries", words("^(unistd\\.h|fcntl\\.h|poll\\.h|netdb\\.h|pthread\\.h|signal\\.h|"
                                                    "csignal|time\\.h|ctime|(sys|netinet|arpa|linux)/.*)$")},
        {"real time and threads are for shell libraries", words("^prelabel/async/(wheel_clock|offload)\\.hpp$")},
        {"a pure library knows coroutines, not timers, sockets, signals, files or threads of Asio",
         words("^boost/asio(/(ip|ssl|local|posix|generic)/.*|/"
               "(.*timer|thread.*|signal_set|.*file|connect|read|write|.*socket.*)\\.hpp|\\.hpp)$")},
    };
    return all;
}

/// Places where a pure library does what it otherwise must not, with the reason.
bool excused(const File& file, std::string_view what) {
    // A broken contract is the end of the process; its last words go to stderr.
    if (file.path == "include/prelabel/base/expects.hpp") return what.starts_with("writes to the terminal");
    // Secrets belong to the process, and texts leave it from any thread.
    return file.path == "src/base/redaction.cpp" && what.find("threads") != std::string_view::npos;
}

}  // namespace

std::vector<Finding> impurities(const File& file) {
    const Library* library = find_library(library_of(file.path));
    if (!library || library->layer != Layer::pure) return {};
    std::vector<Finding> findings;
    const auto code = lines_of(code_only(file.text));
    for (std::size_t i = 0; i < code.size(); ++i) {
        for (const auto& ban : banned_code()) {
            if (std::regex_search(code[i], ban.pattern) && !excused(file, ban.what))
                findings.push_back(
                    {file.path + ":" + std::to_string(i + 1), "a pure library " + std::string(ban.what)});
        }
    }
    for (const auto& include : includes_of(file.text)) {
        for (const auto& ban : banned_includes()) {
            if (std::regex_search(include.path, ban.pattern) && !excused(file, ban.what))
                findings.push_back({file.path + ":" + std::to_string(include.line),
                                    "<" + include.path + ">: " + std::string(ban.what)});
        }
    }
    return findings;
}

}  // namespace prelabel::architecture
