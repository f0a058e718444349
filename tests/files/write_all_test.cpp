#include "files/write_all.hpp"

#include "folder.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace prelabel::files {
namespace {

TEST(WriteAll, SaysWhyItCannot) { EXPECT_EQ(write_all(-1, "x"), EBADF); }

TEST(WriteAll, GoesOnWhereTheSystemStopsInTheMiddle) {
    ::signal(SIGXFSZ, SIG_IGN);
    const Folder folder;
    const int file = ::open(folder.path("out").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit short_files{6, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &short_files), 0);
    const int code = write_all(file, "ten bytes!");
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(code, EFBIG) << "the first write took six bytes and was no failure";
    std::array<char, 16> there{};
    EXPECT_EQ(::pread(file, there.data(), there.size(), 0), 6);
    EXPECT_EQ(std::string(there.data()), "ten by");
    ::close(file);
}

}  // namespace
}  // namespace prelabel::files
