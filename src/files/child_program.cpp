#include "files/child_program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace prelabel::files {
namespace {

constexpr int cannot_start = 127;
constexpr int first_high = 10;  // descriptors are moved from here on, so that none stands where another has to go
constexpr int looks_at_end = 5'000;
constexpr std::size_t said_bytes_max = 4'096;

/// Closed when it is left.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }
    void close() {
        if (number_ >= 0) ::close(release());
    }
    void set(int number) {
        close();
        number_ = number;
    }

private:
    int number_;
};

/// As waitpid(), gone on with after a signal.
pid_t waited(pid_t process, int& status, int options) {
    pid_t ended = 0;
    do ended = ::waitpid(process, &status, options);
    while (ended < 0 && errno == EINTR);
    return ended;
}

bool make_pipe(Descriptor& read_end, Descriptor& write_end) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end.set(ends[0]);
    write_end.set(ends[1]);
    return true;
}

/// What becomes of the process after fork(): only calls that are safe there. Returns if there is no such program.
void become(char* const* words, int input, int output, int said, pid_t parent) {
    ::setpgid(0, 0);
    // The parent may have died before this was asked for.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) return;
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const int high_input = ::fcntl(input, F_DUPFD_CLOEXEC, first_high);
    const int high_output = ::fcntl(output, F_DUPFD_CLOEXEC, first_high);
    const int high_said = ::fcntl(said, F_DUPFD_CLOEXEC, first_high);
    if (::dup2(high_input, STDIN_FILENO) < 0 || ::dup2(high_output, STDOUT_FILENO) < 0 ||
        ::dup2(high_said, STDERR_FILENO) < 0)
        return;
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);  // what a library has opened is not its business
    ::execvp(words[0], words);
}

}  // namespace

Result<std::unique_ptr<ChildProgram>> ChildProgram::start(const std::vector<std::string>& words, int input) {
    const auto failed = [&](int code) {
        return Error{Fault::config, words.front() + ": " + std::system_category().message(code)};
    };
    Descriptor output;
    Descriptor its_output;
    Descriptor trouble;
    Descriptor its_trouble;
    Descriptor said(::memfd_create("standard error", MFD_CLOEXEC));
    if (said.get() < 0 || !make_pipe(output, its_output) || !make_pipe(trouble, its_trouble)) return failed(errno);
    its_trouble.set(::fcntl(its_trouble.get(), F_DUPFD_CLOEXEC, first_high));
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    // Whoever started us may have ignored it; then nobody would tell how a program ended.
    struct sigaction inherited {};
    if (::sigaction(SIGCHLD, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN) ::signal(SIGCHLD, SIG_DFL);
    const pid_t parent = ::getpid();
    const pid_t process = ::fork();
    if (process < 0) return failed(errno);
    if (process == 0) {
        become(arguments.data(), input, its_output.get(), said.get(), parent);
        const int code = errno;
        static_cast<void>(!::write(its_trouble.get(), &code, sizeof code));
        ::_exit(cannot_start);
    }
    its_output.close();
    its_trouble.close();
    int code = 0;
    ssize_t count = 0;
    while ((count = ::read(trouble.get(), &code, sizeof code)) < 0 && errno == EINTR) {
    }
    std::unique_ptr<ChildProgram> child(new ChildProgram(process, output.release(), said.release()));
    if (count > 0) return failed(code);
    return child;
}

ChildProgram::~ChildProgram() {
    if (running_) kill();
    if (output_ >= 0) ::close(output_);
    if (words_ >= 0) ::close(words_);
}

int ChildProgram::take_output() { return std::exchange(output_, -1); }

ProgramEnd ChildProgram::finish() {
    if (end_) return *end_;
    int status = 0;
    pid_t ended = 0;
    for (int looks = 0; looks < looks_at_end && ended == 0; ++looks) {
        ended = waited(process_, status, WNOHANG);
        const timespec moment{0, 1'000'000};
        if (ended == 0) ::nanosleep(&moment, nullptr);
    }
    if (ended == 0) {
        ::kill(-process_, SIGKILL);
        waited(process_, status, 0);
    }
    running_ = false;
    auto& end = end_.emplace();
    if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    std::array<char, said_bytes_max> said{};
    const auto count = ::pread(words_, said.data(), said.size(), 0);
    end.said.assign(said.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    return end;
}

void ChildProgram::kill() {
    int status = 0;
    ::kill(-process_, SIGKILL);
    waited(process_, status, 0);
    running_ = false;
}

}  // namespace prelabel::files
