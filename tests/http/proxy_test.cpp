#include <prelabel/http/base_url.hpp>
#include <prelabel/http/proxy.hpp>

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string refusal(const std::string& url) {
    const auto proxy = parse_proxy(url, "HTTPS_PROXY");
    return proxy ? "taken" : proxy.error().message;
}

TEST(Proxy, IsReadAsPeopleWriteIt) {
    const auto plain = parse_proxy("http://Proxy.Example.com:3128/", "p");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->host, "proxy.example.com");
    EXPECT_EQ(plain->port, 3128);
    EXPECT_TRUE(plain->authorization.empty());
    EXPECT_EQ(plain->display(), "the proxy proxy.example.com:3128");
    EXPECT_EQ(plain->named_by, "p");
    EXPECT_EQ(parse_proxy("proxy", "p")->port, 80);
    EXPECT_EQ(parse_proxy("HTTP://[::1]:8080", "p")->display(), "the proxy [::1]:8080");
}

TEST(Proxy, SendsUserAndPasswordAsBasicAuthentication) {
    const auto authorization = [](const char* url) { return parse_proxy(url, "p")->authorization.reveal(); };
    EXPECT_EQ(authorization("http://Aladdin:open%20sesame@h:1"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        << "the example of RFC 7617";
    EXPECT_EQ(authorization("http://u:p%40ss:w@h"), "Basic dTpwQHNzOnc=");
    EXPECT_EQ(authorization("http://u@h"), "Basic dTo=");
}

TEST(Proxy, IsRefusedWithItsNameAndNeverWithThePassword) {
    EXPECT_THAT(refusal("https://h:1"), HasSubstr("HTTPS_PROXY: names a https:// proxy; only http:// is supported"));
    EXPECT_THAT(refusal("socks5://h:1"), HasSubstr("socks5://"));
    EXPECT_THAT(refusal("http://h:0"), HasSubstr("port"));
    EXPECT_THAT(refusal("http://h:1:2"), HasSubstr("more than one port"));
    EXPECT_THAT(refusal("http://"), HasSubstr("no valid host"));
    EXPECT_THAT(refusal("http://h:1/path"), HasSubstr("has a path"));
    for (const char* url :
         {"http://u:secretword@h:x", "http://u:secretword%4@h:1", "ftp://u:secretword@h", "http://u:secretword@"})
        EXPECT_THAT(refusal(url), AllOf(Not(HasSubstr("secretword")), HasSubstr("expected something like http://")))
            << url;
}

struct NoProxy {
    const char* list;
    const char* host;
    std::uint16_t port;
    bool named;
};

TEST(Proxy, IsPassedByForWhatNoProxyNames) {
    for (const auto& [list, host, port, named] : {
             NoProxy{"", "a.example", 443, false},
             NoProxy{"*", "a.example", 443, true},
             NoProxy{"a.example", "a.example", 443, true},
             NoProxy{"A.Example", "a.example", 443, true},
             NoProxy{"example", "a.example", 443, true},
             NoProxy{".example", "a.example", 443, true},
             NoProxy{"*.example", "a.example", 443, true},
             NoProxy{"ample", "a.example", 443, false},
             NoProxy{"other, a.example ,x", "a.example", 443, true},
             NoProxy{"a.example:8443", "a.example", 8443, true},
             NoProxy{"a.example:8443", "a.example", 443, false},
             NoProxy{"10.0.0.0/8", "10.200.3.4", 443, true},
             NoProxy{"10.0.0.0/8", "11.0.0.1", 443, false},
             NoProxy{"10.1.2.3/8", "10.200.3.4", 443, true},
             NoProxy{"10.0.0.0/99", "10.200.3.4", 443, false},
             NoProxy{"10.0.0.1", "10.0.0.1", 443, true},
             NoProxy{"0.0.1", "10.0.0.1", 443, false},
             NoProxy{"fd00::/8", "fd12::1", 443, true},
             NoProxy{"[fd12::1]", "fd12::1", 443, true},
             NoProxy{"fd12:0::1", "fd12::1", 443, true},
             NoProxy{"fd00::/8", "10.0.0.1", 443, false},
         }) {
        EXPECT_EQ(is_in_no_proxy({.secure = true, .host = host, .port = port}, list), named) << list << " for " << host;
    }
}

std::string chosen(bool secure, const std::string& host, const std::string& configured,
                   const std::map<std::string, std::string>& variables) {
    const auto proxy = choose_proxy({.secure = secure, .host = host, .port = 443}, configured,
                                    [&](const std::string& name) -> std::optional<std::string> {
                                        const auto found = variables.find(name);
                                        return found == variables.end() ? std::nullopt : std::optional(found->second);
                                    });
    if (!proxy) return proxy.error().message;
    return *proxy ? (*proxy)->host : "none";
}

TEST(Proxy, ComesFromTheSettingOrElseFromTheEnvironment) {
    const std::map<std::string, std::string> variables{
        {"HTTPS_PROXY", "http://for-https"}, {"http_proxy", "http://for-http"}, {"no_proxy", "inside.example"}};
    EXPECT_EQ(chosen(true, "api.example", "", variables), "for-https");
    EXPECT_EQ(chosen(false, "api.example", "", variables), "for-http");
    EXPECT_EQ(chosen(true, "api.example", "http://own", variables), "own");
    EXPECT_EQ(chosen(true, "x.inside.example", "", variables), "none");
    EXPECT_EQ(chosen(true, "x.inside.example", "http://own", variables), "own") << "who sets it means it";
    EXPECT_EQ(chosen(true, "api.example", "none", variables), "none");
    EXPECT_EQ(chosen(true, "api.example", "", {{"ALL_PROXY", "http://for-all"}}), "for-all");
    EXPECT_EQ(chosen(true, "api.example", "", {{"HTTPS_PROXY", ""}}), "none");
    EXPECT_EQ(chosen(true, "api.example", "", {}), "none");
    EXPECT_THAT(chosen(true, "api.example", "socks5://h", {}), HasSubstr("llm.proxy: "));
}

TEST(Proxy, IsNeverAskedForThisMachine) {
    for (const char* host : {"localhost", "127.0.0.1", "127.3.2.1", "::1", "a.localhost"}) {
        EXPECT_EQ(chosen(true, host, "http://own", {}), "none") << host;
        EXPECT_EQ(chosen(false, host, "", {{"HTTP_PROXY", "http://h"}}), "none") << host;
    }
}

}  // namespace
}  // namespace prelabel::http
