#include "app/command_line.hpp"

#include <algorithm>
#include <csignal>
#include <malloc.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>

namespace {

/// Keys and documents are in memory: no core file, and no other process of this user may look inside.
void keep_memory_private() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

/// Large blocks come from the system one by one and go back to it. By itself the allocator learns, after the first
/// large document, to keep such blocks, between small ones and in an arena for each thread:
/// they stay resident for good.
void give_memory_back() {
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    ::mallopt(M_ARENA_MAX, 2);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace prelabel;
    keep_memory_private();
    give_memory_back();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write, not the end of the process

    return app::CommandLine().perform({argv + std::min(argc, 1), argv + argc}, ::isatty(STDOUT_FILENO) == 1);
}
