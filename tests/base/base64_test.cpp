#include <prelabel/base/base64.hpp>
#include <prelabel/base/rng.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(Base64, WritesTheExamplesOfItsRfcWithoutPadding) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg");
    EXPECT_EQ(to_base64("fo"), "Zm8");
    EXPECT_EQ(to_base64("foo"), "Zm9v");
    EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(to_base64("\xFB\xFF"), "+/8");
}

TEST(Base64, ReadsWhatItWrites) {
    Rng rng(1);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes;
        while (bytes.size() < size) bytes += static_cast<char>(rng.below(256));
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    }
}

TEST(Base64, ReadsNothingElse) {
    for (const char* text : {"Z", "Zh", "Zm9", "Zg==", "Zm9v\n", " Zm9v", "Zm-_", "Zm9vY", "Zm\xC3\xA4v"})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace prelabel
