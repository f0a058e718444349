#include <prelabel/base/ascii.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(Ascii, LowersItsOwnLettersAndNoOthers) {
    EXPECT_EQ(lowered("@AZ[`az{ 09-"), "@az[`az{ 09-");
    EXPECT_EQ(lowered("STRASSE ÄÖÜ İ"), "strasse ÄÖÜ İ") << "what is not ASCII is somebody else's";
    EXPECT_EQ(lowered(""), "");
}

}  // namespace
}  // namespace prelabel
