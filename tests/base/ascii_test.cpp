#include <prelabel/base/ascii.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(Ascii, LowersItsOwnLettersAndNoOthers) {
    EXPECT_EQ(lowered("@AZ[`az{ 09-"), "@az[`az{ 09-");
    EXPECT_EQ(lowered("STRASSE ÄÖÜ İ"), "strasse ÄÖÜ İ") << "what is not ASCII is somebody else's";
    EXPECT_EQ(lowered(""), "");
}

TEST(Ascii, KnowsItsDigitsAndLettersAlone) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        EXPECT_EQ(is_digit(c), std::string_view("0123456789").find(c) != std::string_view::npos) << byte;
        EXPECT_EQ(is_letter(c),
                  std::string_view("abcdefghijklmnopqrstuvwxyz").find(lowered(c)) != std::string_view::npos)
            << byte;
    }
}

}  // namespace
}  // namespace prelabel
