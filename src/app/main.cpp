#include "app/command_line.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
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

/// Where standard input, output or error is closed, the next file that is opened would have its number: what is printed
/// would go into it. What stands there now is opened the wrong way round, so that whoever uses it is told.
void keep_standard_descriptors() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(number, F_GETFD) < 0 && ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            std::abort();
}

}  // namespace

int main(int argc, char** argv) {
    using namespace prelabel;
    keep_standard_descriptors();
    keep_memory_private();
    give_memory_back();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write, not the end of the process

    return app::CommandLine().perform({argv + std::min(argc, 1), argv + argc}, ::isatty(STDOUT_FILENO) == 1);
}
