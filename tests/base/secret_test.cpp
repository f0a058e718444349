#include <prelabel/base/secret.hpp>

#include <ostream>
#include <type_traits>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, ReachesNoLogByAccident) {
    static_assert(!Printable<Secret>);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    static_assert(!std::is_convertible_v<std::string, Secret>, "and nothing becomes one unsaid");
    SUCCEED();
}

TEST(Secret, IsRevealedOnlyByName) {
    EXPECT_EQ(Secret("sk-1").reveal(), "sk-1");
    EXPECT_FALSE(Secret("sk-1").empty());
    EXPECT_TRUE(Secret().empty());
    EXPECT_TRUE(Secret("").empty());
}

}  // namespace
}  // namespace prelabel
