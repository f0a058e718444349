#include "http/dialer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

using testing::HasSubstr;
namespace error = boost::asio::error;

const Endpoint endpoint{.secure = true, .host = "api.example.com"};
const Proxy proxy{"gate.example.com", 3128, {}, "HTTPS_PROXY"};

TEST(Dialer, AHostThatDoesNotExistIsAWrongAddress) {
    const HttpFailure failure = cannot_resolve(endpoint, std::nullopt, error::host_not_found);
    EXPECT_EQ(failure.kind, FailureKind::wrong_address);
    EXPECT_EQ(failure.key, "llm.base_url");
    EXPECT_EQ(failure.sent, Sent::no);
    EXPECT_THAT(failure.message, HasSubstr("cannot resolve api.example.com: host not found"));
}

TEST(Dialer, AProxyThatDoesNotExistIsNamedWithWhoNamesIt) {
    const HttpFailure failure = cannot_resolve(endpoint, proxy, error::host_not_found);
    EXPECT_EQ(failure.kind, FailureKind::wrong_address);
    EXPECT_EQ(failure.key, "HTTPS_PROXY");
    EXPECT_THAT(failure.message, HasSubstr("cannot resolve the proxy gate.example.com:3128"));
    EXPECT_EQ(cannot_resolve(endpoint, Proxy{"gate", 80, {}}, error::host_not_found).key, "llm.proxy");
}

TEST(Dialer, NameServersThatCannotSayItNowAreAnOutage) {
    struct Case {
        boost::system::error_code error;
        FailureKind kind;
    };
    for (const auto& [error, kind] : {
             Case{error::host_not_found_try_again, FailureKind::connection},
             Case{error::no_recovery, FailureKind::connection},
             Case{error::operation_aborted, FailureKind::connection},
             Case{error::timed_out, FailureKind::timed_out},
             Case{error::no_memory, FailureKind::local_limit},
         }) {
        const HttpFailure failure = cannot_resolve(endpoint, std::nullopt, error);
        EXPECT_EQ(failure.kind, kind) << error.message();
        EXPECT_EQ(failure.key, "") << error.message();
    }
}

}  // namespace
}  // namespace prelabel::http
