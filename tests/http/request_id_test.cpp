#include "http/request_id.hpp"

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

TEST(RequestId, HasTheFormOfAUuidAndCounts) {
    RequestIds ids(0x123456789abcdef0U);
    EXPECT_EQ(ids.next(), "56789abc-def0-4234-8000-000000000001");
    EXPECT_EQ(ids.next(), "56789abc-def0-4234-8000-000000000002");
    EXPECT_EQ(ids.next().size(), RequestIds::bytes);
}

TEST(RequestId, OnlyAnotherIdOfTheSameClientIsOfAnotherRequest) {
    RequestIds ids(1);
    RequestIds others(2);
    const std::string one = ids.next();
    const std::string two = ids.next();
    EXPECT_TRUE(is_of_another_request(one, two));
    EXPECT_FALSE(is_of_another_request(two, two));
    EXPECT_FALSE(is_of_another_request(others.next(), two));
    EXPECT_FALSE(is_of_another_request("req_123", two));
    EXPECT_FALSE(is_of_another_request("", two));
}

}  // namespace
}  // namespace prelabel::http
