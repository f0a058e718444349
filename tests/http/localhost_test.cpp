#include "http/localhost.hpp"

#include "http/host_resolver.hpp"

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

TEST(Localhost, IsItsNameAndAllBelowIt) {
    EXPECT_TRUE(is_localhost("localhost"));
    EXPECT_TRUE(is_localhost("model.localhost"));
    EXPECT_FALSE(is_localhost("notlocalhost"));
    EXPECT_FALSE(is_localhost("localhost.example.com"));
    EXPECT_FALSE(is_localhost(""));
}

TEST(Localhost, HasBothLoopbackAddressesWhateverTheSystemKnows) {
    const Resolved resolved = look_up("a-name-in-no-hosts-file.localhost", 80);
    EXPECT_FALSE(resolved.error) << resolved.error.message();
    ASSERT_EQ(resolved.addresses.size(), 2U);
    EXPECT_TRUE(resolved.addresses[0].address().is_v4() && resolved.addresses[0].address().is_loopback());
    EXPECT_TRUE(resolved.addresses[1].address().is_v6() && resolved.addresses[1].address().is_loopback());
    EXPECT_EQ(resolved.addresses[1].port(), 80);
}

}  // namespace
}  // namespace prelabel::http
