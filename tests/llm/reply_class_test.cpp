#include <prelabel/llm/remedy.hpp>
#include <prelabel/llm/reply_class.hpp>

#include <set>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

TEST(ReplyClass, EveryClassHasItsOwnName) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < reply_class_count; ++i) {
        const std::string_view name = to_string(static_cast<ReplyClass>(i));
        EXPECT_FALSE(name.empty());
        EXPECT_TRUE(names.insert(name).second) << name;
    }
    EXPECT_EQ(to_string(ReplyClass::model_missing), "model_missing");
}

TEST(ReplyClass, TimeHealsALimitOfThisMachine) {
    EXPECT_EQ(to_string(ReplyClass::local_limit), "local_limit");
    EXPECT_EQ(remedy(ReplyClass::local_limit), Remedy::rest);
}

}  // namespace
}  // namespace prelabel::llm
