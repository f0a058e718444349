#pragma once

#include <array>
#include <fcntl.h>
#include <pty.h>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/ioctl.h>

namespace prelabel {

/// Standard error is another descriptor while this lives; -1: it is closed.
class StderrAt {
public:
    explicit StderrAt(int descriptor) : real_(::dup(STDERR_FILENO)) {
        if (descriptor < 0) {
            ::close(STDERR_FILENO);
        } else {
            ::dup2(descriptor, STDERR_FILENO);
        }
    }
    StderrAt(const StderrAt&) = delete;
    StderrAt& operator=(const StderrAt&) = delete;
    ~StderrAt() {
        ::dup2(real_, STDERR_FILENO);
        ::close(real_);
    }

private:
    int real_;
};

/// Standard error as another program sees it: a pipe, or a terminal.
class FakeStderr {
public:
    explicit FakeStderr(bool terminal) : ends_(opened(terminal)), place_(ends_[1]) {}
    FakeStderr(const FakeStderr&) = delete;
    FakeStderr& operator=(const FakeStderr&) = delete;
    ~FakeStderr() {
        for (const int descriptor : ends_) ::close(descriptor);
    }

    /// As when its window is resized. Of a terminal only.
    void resize(unsigned short columns) const {
        const winsize size{24, columns, 0, 0};
        EXPECT_EQ(::ioctl(ends_[0], TIOCSWINSZ, &size), 0);
    }
    /// What has come since the last look.
    std::string taken() const {
        std::string out;
        std::array<char, 4'096> buffer{};
        for (ssize_t got = 0; (got = ::read(ends_[0], buffer.data(), buffer.size())) > 0;)
            out.append(buffer.data(), static_cast<std::size_t>(got));
        return out;
    }

private:
    static std::array<int, 2> opened(bool terminal) {
        std::array<int, 2> ends{};
        EXPECT_EQ(terminal ? ::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) : ::pipe(ends.data()), 0);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return ends;
    }

    std::array<int, 2> ends_;  ///< to read, to write
    StderrAt place_;
};

}  // namespace prelabel
