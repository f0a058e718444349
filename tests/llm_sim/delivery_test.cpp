// Each way to misbehave on a connection, as its peer sees it.

#include "llm_sim/delivery.hpp"

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/base/enum_values.hpp>

#include <exception>
#include <optional>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::string_view head = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n";
constexpr std::string_view body = "twenty bytes of body";

class DeliveryTest : public testing::Test {
protected:
    DeliveryTest() {
        tcp::acceptor acceptor(io_, {asio::ip::address_v4::loopback(), 0});
        peer_.connect(acceptor.local_endpoint());
        acceptor.accept(socket_);
    }

    /// Sends head and body that way, and waits until that is over. Nothing: it is not over when the peer has had
    /// `patience`, and leaves.
    std::optional<bool> deliver(Delivery delivery, Duration patience = 20s) {
        const auto send = sender_for(delivery, clock_, 2ms);
        std::optional<bool> complete;
        asio::co_spawn(io_, send(&socket_, head, body), [&](std::exception_ptr error, bool sent) {
            EXPECT_FALSE(error);
            complete = sent;
        });
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!complete && io_.run_one_until(until) > 0) {
        }
        const std::optional<bool> in_time = complete;
        if (!complete) peer_.shutdown(tcp::socket::shutdown_send);
        while (!complete && io_.run_one_for(20s) > 0) {
        }
        EXPECT_EQ(complete.has_value(), true) << "it ends when the peer leaves";
        return in_time;
    }
    /// All that came until now.
    std::string received() {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        std::string all;
        asio::read(peer_, asio::dynamic_buffer(all), error_);
        return all;
    }

    asio::io_context io_{1};
    async::WheelClock clock_{io_.get_executor()};
    http::Socket socket_{io_.get_executor()};
    tcp::socket peer_{io_};
    error_code error_;
};

TEST_F(DeliveryTest, ResetsTheConnectionWithoutAByte) {
    EXPECT_EQ(deliver(Delivery::reset), false);
    EXPECT_EQ(received(), "");
    EXPECT_EQ(error_, asio::error::connection_reset);
}

TEST_F(DeliveryTest, HangsWithoutAByteUntilThePeerLeavesWhateverItSays) {
    asio::write(peer_, asio::buffer(std::string(10'000, 'x')));
    EXPECT_EQ(deliver(Delivery::hang, 20ms), std::nullopt);
    EXPECT_EQ(received(), "");
    EXPECT_EQ(error_, asio::error::eof);
}

TEST_F(DeliveryTest, PromisesTheWholeBodyAndSendsHalf) {
    EXPECT_EQ(deliver(Delivery::truncated), false);
    EXPECT_EQ(received(), std::string(head) + "twenty byt");
}

TEST_F(DeliveryTest, DripsTheWholeBodyWithPauses) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(deliver(Delivery::drip), true);
    EXPECT_GE(std::chrono::steady_clock::now() - before, 6ms);  // three times eight bytes
    EXPECT_EQ(received(), std::string(head) + std::string(body));
}

TEST_F(DeliveryTest, StopsDrippingWhenTheConnectionIsClosedUnderIt) {
    socket_.close();
    EXPECT_EQ(deliver(Delivery::drip), false);
}

TEST_F(DeliveryTest, LeavesTheNormalWayToTheServer) { EXPECT_FALSE(sender_for(Delivery::normal, clock_, 2ms)); }

TEST(DeliveryOf, IsNormalButForFourFaults) {
    EXPECT_EQ(delivery_of(FaultKind::reset), Delivery::reset);
    EXPECT_EQ(delivery_of(FaultKind::hang), Delivery::hang);
    EXPECT_EQ(delivery_of(FaultKind::drip), Delivery::drip);
    EXPECT_EQ(delivery_of(FaultKind::truncated), Delivery::truncated);
    int normal = 0;
    for (const FaultKind fault : enum_values<FaultKind>) normal += delivery_of(fault) == Delivery::normal ? 1 : 0;
    EXPECT_EQ(normal, static_cast<int>(enum_count<FaultKind>) - 4);
}

}  // namespace
}  // namespace prelabel::llm_sim
