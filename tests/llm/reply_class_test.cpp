#include <prelabel/llm/remedy.hpp>
#include <prelabel/llm/reply_class.hpp>

#include <gtest/gtest.h>

namespace prelabel::llm {
namespace {

TEST(ReplyClass, TimeHealsALimitOfThisMachine) {
    EXPECT_EQ(to_string(ReplyClass::local_limit), "local_limit");
    EXPECT_EQ(remedy(ReplyClass::local_limit), Remedy::rest);
}

}  // namespace
}  // namespace prelabel::llm
