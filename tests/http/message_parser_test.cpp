#include "http/message_parser.hpp"

#include <prelabel/base/rng.hpp>

#include <string>

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

constexpr MessageParser::Limits limits{.header_bytes_max = 1'024, .body_bytes_max = 4'096};

/// Feeds `bytes` in pieces of `step`, keeping what is not used, as a connection does.
std::size_t feed(MessageParser& parser, std::string_view bytes, std::size_t step) {
    std::size_t used = 0;
    for (std::size_t came = 0; came < bytes.size() && !parser.done() && parser.fault() == ParseFault::none;) {
        came = std::min(bytes.size(), came + step);
        used += parser.feed(bytes.substr(used, came - used));
    }
    return used;
}

MessageParser request_parser() { return {MessageParser::Kind::request, limits}; }

TEST(MessageParser, ReadsARequestHoweverItIsCut) {
    const std::string bytes = "POST /v1/x?y=1 HTTP/1.1\r\nHost: h\r\nX-A:  b \r\nContent-Length: 5\r\n\r\nhello";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        MessageParser parser(MessageParser::Kind::request, limits);
        EXPECT_EQ(feed(parser, bytes, step), bytes.size());
        ASSERT_TRUE(parser.done()) << step;
        EXPECT_EQ(parser.message().method, "POST");
        EXPECT_EQ(parser.message().target, "/v1/x?y=1");
        EXPECT_EQ(parser.message().headers.size(), 3U);
        EXPECT_EQ(parser.message().headers.find("x-a"), "b");
        EXPECT_EQ(parser.message().body, "hello");
        EXPECT_TRUE(parser.keep_alive());
    }
}

TEST(MessageParser, ReadsChunksHoweverTheyAreCutAndDropsTheirTrailer) {
    const std::string bytes =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;ext=1\r\nwiki\r\n5\r\npedia\r\n0\r\nX-T: 1\r\n\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        MessageParser parser(MessageParser::Kind::response, limits);
        EXPECT_EQ(feed(parser, bytes, step), bytes.size());
        ASSERT_TRUE(parser.done()) << step << parser.fault_reason();
        EXPECT_EQ(parser.message().body, "wikipedia");
        EXPECT_EQ(parser.message().headers.find("X-T"), "");
    }
}

TEST(MessageParser, StopsAtTheEndOfAMessage) {
    auto parser = request_parser();
    const std::string one = "GET /1 HTTP/1.1\r\n\r\n";
    const std::string two = one + "GET /2 HTTP/1.1\r\n\r\n";
    EXPECT_EQ(parser.feed(two), one.size());
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(parser.message().target, "/1");
    parser.start();
    EXPECT_EQ(parser.feed(std::string_view(two).substr(one.size())), one.size());
    EXPECT_EQ(parser.message().target, "/2");
}

TEST(MessageParser, KnowsWhetherTheConnectionMayStay) {
    const auto keeps = [](std::string_view bytes) {
        MessageParser parser(MessageParser::Kind::response, limits);
        static_cast<void>(parser.feed(bytes));
        EXPECT_TRUE(parser.header_done());
        return parser.keep_alive();
    };
    EXPECT_TRUE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_TRUE(keeps("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\n\r\n"));
}

TEST(MessageParser, AResponseWithoutLengthEndsWithTheStream) {
    MessageParser parser(MessageParser::Kind::response, limits);
    static_cast<void>(parser.feed("HTTP/1.1 200 OK\r\n\r\nsome"));
    EXPECT_FALSE(parser.done());
    parser.end_of_stream();
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(parser.message().body, "some");
}

TEST(MessageParser, ATruncatedMessageIsAFault) {
    for (const std::string_view bytes : {"HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "",
                                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
        MessageParser parser(MessageParser::Kind::response, limits);
        static_cast<void>(parser.feed(bytes));
        parser.end_of_stream();
        EXPECT_FALSE(parser.done());
        EXPECT_EQ(parser.fault(), ParseFault::truncated) << bytes;
    }
}

TEST(MessageParser, RefusesWhatIsNotHttp) {
    for (const std::string_view bytes :
         {"\x16\x03\x01\x02", "HTTP/2 200\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nbad name: 1\r\n\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
        auto parser = request_parser();
        static_cast<void>(parser.feed(bytes));
        EXPECT_EQ(parser.fault(), ParseFault::malformed) << bytes;
        EXPECT_FALSE(parser.fault_reason().empty());
        parser.start();
        EXPECT_EQ(parser.fault(), ParseFault::none);
    }
}

TEST(MessageParser, BoundsHeaderBodyChunksAndTrailer) {
    const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto fault = [](const std::string& bytes) {
        auto parser = request_parser();
        feed(parser, bytes, 100);
        return parser.fault();
    };
    EXPECT_EQ(fault("GET / HTTP/1.1\r\nX: " + std::string(2'000, 'x') + "\r\n\r\n"), ParseFault::header_too_large);
    EXPECT_EQ(fault("POST / HTTP/1.1\r\nContent-Length: 4097\r\n\r\n"), ParseFault::body_too_large);
    EXPECT_EQ(fault("POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n"), ParseFault::body_too_large);
    EXPECT_EQ(fault(chunked + "1001\r\n"), ParseFault::body_too_large);
    EXPECT_EQ(fault(chunked + "1000\r\n" + std::string(4'096, 'x') + "\r\n1\r\n"), ParseFault::body_too_large);
    EXPECT_EQ(fault(chunked + "1;" + std::string(2'000, 'x')), ParseFault::header_too_large);
    EXPECT_EQ(fault(chunked + "0\r\nX: " + std::string(2'000, 'x')), ParseFault::header_too_large);
}

TEST(MessageParser, SurvivesRandomAndMutatedBytes) {
    const std::string good =
        "HTTP/1.1 200 OK\r\nContent-Type: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\nX-T: 1\r\n\r\n";
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        Rng rng(seed);
        std::string bytes = good;
        if (seed % 5 == 0) {
            bytes.resize(rng.below(300));
            for (char& c : bytes) c = static_cast<char>(rng.next());
        } else {
            for (std::uint64_t n = 1 + rng.below(4); n > 0; --n)
                bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
        }
        MessageParser parser(seed % 2 == 0 ? MessageParser::Kind::request : MessageParser::Kind::response, limits);
        const std::size_t used = feed(parser, bytes, 1 + rng.below(40));
        ASSERT_LE(used, bytes.size()) << "seed " << seed;
        parser.end_of_stream();
        ASSERT_TRUE(parser.done() || parser.fault() != ParseFault::none) << "seed " << seed;
        ASSERT_LE(parser.message().body.size(), limits.body_bytes_max) << "seed " << seed;
    }
}

}  // namespace
}  // namespace prelabel::http
