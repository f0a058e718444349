#pragma once

#include <prelabel/base/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace prelabel::files {

/// How a program ended.
struct ProgramEnd {
    int code = 0;      ///< its exit code
    int signal = 0;    ///< that ended it; 0 for none
    std::string said;  ///< the beginning of its standard error

    [[nodiscard]] bool good() const { return code == 0 && signal == 0; }
};

/// A program that we start, whose standard output is read.
///
/// It is in a process group of its own, so that Ctrl-C is ours alone, and it does not outlive us: its group is killed
/// with its owner; after our own kill -9 the kernel kills it, and what it has started ends when it writes.
/// Lifetime: owns the descriptor and the process.   Threads: started by one that lives as long as it.
class ChildProgram {
public:
    /// `input` becomes its standard input. Errors: Fault::config where it cannot be started, with the reason.
    [[nodiscard]] static Result<std::unique_ptr<ChildProgram>> start(const std::vector<std::string>& words, int input);

    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;
    ~ChildProgram();

    /// The descriptor of its standard output; who asks owns it.
    [[nodiscard]] int take_output();
    /// Waits for it: call this at the end of its output. One that does not end after that is killed after five seconds.
    [[nodiscard]] ProgramEnd finish();

private:
    ChildProgram(pid_t process, int output, int words) : process_(process), output_(output), words_(words) {}

    void kill();

    pid_t process_;
    int output_;
    int words_;  ///< a file in memory: however much it says, it never waits for us
    bool running_ = true;
    std::optional<ProgramEnd> end_;
};

}  // namespace prelabel::files
