#include "journal/crc32c.hpp"

#include <prelabel/base/rng.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel::journal {
namespace {

TEST(Crc32c, IsTheOneOfTheStandards) {
    // RFC 3720, B.4
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstructionAndInParts) {
    Rng rng(1);
    std::string bytes;
    for (std::size_t size = 0; size < 100; ++size) {
        const std::uint32_t whole = crc32c(bytes);
        ASSERT_EQ(whole, crc32c_by_table(bytes));
        for (std::size_t cut = 0; cut <= size; ++cut)
            ASSERT_EQ(whole,
                      crc32c(std::string_view(bytes).substr(cut), crc32c(std::string_view(bytes).substr(0, cut))));
        bytes += static_cast<char>(rng.next());
    }
}

}  // namespace
}  // namespace prelabel::journal
