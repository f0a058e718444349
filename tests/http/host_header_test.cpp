#include "http/host_header.hpp"

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

TEST(HostHeader, NamesThisMachine) {
    for (const char* host : {"localhost", "localhost:9464", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9464",
                             "127.1.2.3:80", "[::1]", "[::1]:9464", "[::ffff:127.0.0.1]:80"})
        EXPECT_TRUE(names_loopback(host)) << host;
}

TEST(HostHeader, NamesAnotherMachine) {
    for (const char* host :
         {"", "evil.example", "evil.example:9464", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1",
          "[::2]:80", "[::1", "[::1]evil", "::1", "0.0.0.0", "localhost evil"})
        EXPECT_FALSE(names_loopback(host)) << host;
}

}  // namespace
}  // namespace prelabel::http
