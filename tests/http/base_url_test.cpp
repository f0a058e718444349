#include <prelabel/http/base_url.hpp>

#include <gmock/gmock.h>

namespace prelabel::http {
namespace {

TEST(BaseUrl, IsReadWithItsDefaults) {
    const auto url = parse_base_url("https://api.example.com/v1");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->endpoint.secure);
    EXPECT_EQ(url->endpoint.host, "api.example.com");
    EXPECT_EQ(url->endpoint.port, 443);
    EXPECT_EQ(url->path, "/v1");
    EXPECT_EQ(url->endpoint.authority(), "api.example.com");
    EXPECT_EQ(url->endpoint.display(), "api.example.com:443");
}

TEST(BaseUrl, KnowsPortsPathsAndAddresses) {
    EXPECT_EQ(parse_base_url("http://localhost:8080")->endpoint.authority(), "localhost:8080");
    EXPECT_EQ(parse_base_url("http://localhost")->endpoint.port, 80);
    EXPECT_EQ(parse_base_url("http://h:80")->endpoint.authority(), "h");
    EXPECT_EQ(parse_base_url("http://h/")->path, "");
    EXPECT_EQ(parse_base_url("http://h/a/b//")->path, "/a/b");
    EXPECT_EQ(parse_base_url("http://[::1]:11434/v1")->endpoint.host, "::1");
    EXPECT_EQ(parse_base_url("http://[::1]:11434/v1")->endpoint.authority(), "[::1]:11434");
    EXPECT_EQ(parse_base_url("https://[fe80::1]")->endpoint.port, 443);
}

TEST(BaseUrl, KnowsWhenOthersCanReadWhatIsSent) {
    for (const char* readable : {"http://vllm:8000/v1", "http://10.0.0.7/v1", "http://127.0.0.1.example.com",
                                 "http://[2001:db8::1]", "http://localhost.example.com"})
        EXPECT_TRUE(parse_base_url(readable)->endpoint.in_the_clear()) << readable;
    for (const char* hidden :
         {"https://api.example.com/v1", "http://localhost:11434/v1", "http://127.0.0.1:8089", "http://127.8.8.8",
          "http://[::1]:8000/v1", "http://model.localhost", "http://LocalHost:8000"})
        EXPECT_FALSE(parse_base_url(hidden)->endpoint.in_the_clear()) << hidden;
}

TEST(BaseUrl, SaysWhatIsWrongWithoutRepeatingAPassword) {
    for (const auto& [url, what] : {std::pair{"api.example.com/v1", "must start with"},
                                    {"ftp://h", "must start with"},
                                    {"https://", "no valid host"},
                                    {"https:///v1", "no valid host"},
                                    {"https://h:0", "a port"},
                                    {"https://h:65536", "a port"},
                                    {"https://h:", "a port"},
                                    {"https://h:80x", "a port"},
                                    {"https://a:1:2", "a port"},
                                    {"https://h/v1?key=1", "a query"},
                                    {"https://h/#x", "a query"},
                                    {"https://u:hunter2@h/", "user name or password"},
                                    {"https://h/a b", "white space"},
                                    {"https://h/\r\nX: y", "white space"},
                                    {"https://[::1/", "']'"},
                                    {"https://[::1]x", "between"},
                                    {"https://h%41/", "no valid host"}}) {
        const auto parsed = parse_base_url(url);
        ASSERT_FALSE(parsed) << url;
        EXPECT_EQ(parsed.error().fault, Fault::config);
        EXPECT_THAT(parsed.error().message, testing::HasSubstr("expected something like https://"));
        EXPECT_THAT(parsed.error().message, testing::Not(testing::HasSubstr("hunter2")));
        EXPECT_THAT(parsed.error().message, testing::HasSubstr(what)) << url;
    }
}

}  // namespace
}  // namespace prelabel::http
