// The whole program but its main, over real sockets with a client that knows only bytes.

#include "llm_sim/service.hpp"

#include "conversation.hpp"

#include <prelabel/async/wheel_clock.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace prelabel::llm_sim {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// A service on a port of the system's choice, with its own loop thread.
class Running {
public:
    explicit Running(Settings settings, const std::string& script = "")
        : clock_(std::make_unique<async::WheelClock>(io_.get_executor())),
          service_(*clock_,
                   Simulator(std::move(settings), GoldBook{}, *FaultScript::parse(script, "script"), clock_->now())) {
        const auto listening = service_.listen(io_.get_executor(), {});
        EXPECT_TRUE(listening.has_value());
        thread_ = std::thread([this] { io_.run(); });
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        asio::co_spawn(io_.get_executor(), service_.close(), [this](std::exception_ptr) { io_.stop(); });
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return service_.port(); }

private:
    asio::io_context io_{1};
    std::unique_ptr<async::WheelClock> clock_;
    Service service_;
    std::thread thread_;
};

/// One blocking connection.
class Client {
public:
    explicit Client(const Running& server) : socket_(io_) {
        socket_.connect({asio::ip::make_address("127.0.0.1"), server.port()});
        const timeval patience{.tv_sec = 20, .tv_usec = 0};  // a test that hangs fails instead
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    void send(const std::string& method, const std::string& target, const std::string& body) {
        asio::write(socket_, asio::buffer(method + " " + target +
                                          " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
                                          std::to_string(body.size()) + "\r\n\r\n" + body));
    }

    /// Reads one reply: its head and what came of its body. `error` is set when the connection ended before all of it.
    std::string receive(boost::system::error_code& error) {
        std::string bytes;
        std::size_t wanted = std::string::npos;
        while (bytes.size() < wanted) {
            char buffer[4096];
            const std::size_t read = socket_.read_some(asio::buffer(buffer), error);
            bytes.append(buffer, read);
            if (error) return bytes;
            if (const std::size_t end = bytes.find("\r\n\r\n");
                wanted == std::string::npos && end != std::string::npos) {
                const std::size_t length = bytes.find("ontent-");
                const std::size_t field = bytes.find("ength: ", length);
                wanted = end + 4 + std::stoul(bytes.substr(field + 7));
            }
        }
        return bytes;
    }
    std::string exchange(const std::string& method, const std::string& target, const std::string& body = "") {
        send(method, target, body);
        boost::system::error_code error;
        std::string reply = receive(error);
        EXPECT_FALSE(error) << error.message();
        return reply;
    }
    std::string ask(const std::string& document) {
        return exchange("POST", "/v1/chat/completions", request_body(document));
    }

private:
    asio::io_context io_;
    tcp::socket socket_;
};

std::string body_of(const std::string& reply) { return reply.substr(reply.find("\r\n\r\n") + 4); }

TEST(Service, AnswersManyRequestsOnOneConnection) {
    const Running server(Settings{});
    Client client(server);
    for (int i = 0; i < 20; ++i) {
        const std::string reply = client.ask("Ada " + std::to_string(i));
        EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 ")) << reply;
        EXPECT_EQ(Json(body_of(reply)).text("/choices/0/message/content"),
                  R"({"entities":[{"label":"PER","text":"Ada"}]})");
    }
    EXPECT_EQ(Json(body_of(client.exchange("GET", "/stats"))).number("/paid_by_document/once"), 20);
}

TEST(Service, TakesItsLatency) {
    Settings settings;
    settings.latency_median = 60ms;
    settings.latency_sigma = 0;
    const Running server(settings);
    Client client(server);
    const auto before = std::chrono::steady_clock::now();
    client.ask("Ada");
    EXPECT_GE(std::chrono::steady_clock::now() - before, 60ms);
    EXPECT_EQ(Json(body_of(client.exchange("GET", "/stats"))).number("/concurrency/now"), 0);
}

TEST(Service, RunsRequestsAtTheSameTime) {
    Settings settings;
    settings.latency_median = 100ms;
    settings.latency_sigma = 0;
    const Running server(settings);
    Client one(server);
    Client two(server);
    one.send("POST", "/v1/chat/completions", request_body("Ada"));
    two.send("POST", "/v1/chat/completions", request_body("Bob"));
    boost::system::error_code error;
    one.receive(error);
    two.receive(error);
    EXPECT_EQ(Json(body_of(one.exchange("GET", "/stats"))).number("/concurrency/peak"), 2);
}

TEST(Service, SendsLimitsAsTheProviderDoes) {
    Settings settings;
    settings.requests_per_minute = 1;
    const Running server(settings);
    Client client(server);
    EXPECT_NE(client.ask("Ada").find("\r\nx-ratelimit-remaining-requests: 0\r\n"), std::string::npos);
    const std::string refused = client.ask("Ada");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 429 ")) << refused;
    EXPECT_NE(refused.find("\r\nretry-after-ms: "), std::string::npos);
}

TEST(Service, ResetsTheConnectionButKeepsTheBill) {
    const Running server(Settings{}, R"({"match": "Ada", "replies": ["reset"]})");
    Client client(server);
    client.send("POST", "/v1/chat/completions", request_body("Ada"));
    boost::system::error_code error;
    EXPECT_EQ(client.receive(error), "");
    EXPECT_EQ(error, asio::error::connection_reset);
    Client second(server);
    EXPECT_TRUE(second.ask("Ada").starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(Json(body_of(second.exchange("GET", "/stats"))).number("/paid_by_document/twice"), 1);
}

TEST(Service, PromisesMoreThanItSendsWhenTruncating) {
    const Running server(Settings{}, R"({"match": "", "replies": ["truncated"]})");
    Client client(server);
    client.send("POST", "/v1/chat/completions", request_body("Ada"));
    boost::system::error_code error;
    const std::string reply = client.receive(error);
    EXPECT_EQ(error, asio::error::eof);
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 "));
    EXPECT_FALSE(Json(body_of(reply)).valid());
    EXPECT_FALSE(body_of(reply).empty());
}

TEST(Service, DripsTheWholeAnswer) {
    Settings settings;
    settings.drip_interval = 1ms;
    const Running server(settings, R"({"match": "", "replies": ["drip"]})");
    Client client(server);
    EXPECT_TRUE(Json(body_of(client.ask("Ada"))).valid());
}

TEST(Service, StaysSilentWhenItHangsAndServesOthers) {
    const Running server(Settings{}, R"({"match": "Ada", "replies": ["hang"]})");
    Client hanging(server);
    hanging.send("POST", "/v1/chat/completions", request_body("Ada"));
    Client other(server);
    while (Json(body_of(other.exchange("GET", "/stats"))).number("/replies/hang") != 1) std::this_thread::yield();
    EXPECT_TRUE(other.ask("Bob").starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace prelabel::llm_sim
