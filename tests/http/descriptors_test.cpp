// What happens where this machine, not the provider, has no room: real sockets, few descriptors.
#include "http/local_limit.hpp"
#include "loopback.hpp"

#include <prelabel/http/descriptors.hpp>
#include <prelabel/http/http_client.hpp>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Descriptors, SaysHowManyCallsFit) {
    EXPECT_EQ(connections_within(1'024), 832U);
    EXPECT_EQ(connections_within(100), 50U);
    EXPECT_TRUE(check_descriptors(832, 1'024));
    const auto refused = check_descriptors(2'048, 1'024);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::config);
    EXPECT_EQ(
        refused.error().message,
        "llm.limits.max_in_flight: 2048 calls at once do not fit into a limit of 1024 open files; at most 832 do: "
        "lower it, or raise the hard limit (ulimit -Hn, LimitNOFILE=)");
}

TEST(Descriptors, ALimitOfThisMachineIsNotTheProviders) {
    namespace errc = boost::system::errc;
    for (const auto code : {errc::too_many_files_open, errc::too_many_files_open_in_system, errc::no_buffer_space,
                            errc::not_enough_memory, errc::address_not_available})
        EXPECT_TRUE(is_local_limit(make_error_code(code), true)) << code;
    EXPECT_FALSE(is_local_limit(make_error_code(errc::address_not_available), false)) << "that is how IPv6 is missing";
    for (const auto code : {errc::connection_refused, errc::timed_out, errc::network_unreachable, errc::success})
        EXPECT_FALSE(is_local_limit(make_error_code(code), true)) << code;
}

/// In a process of its own, because a limit is the process's.
bool holds_in_a_process(const std::function<bool()>& what) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(what() ? 0 : 1);
    int status = 0;
    expects(::waitpid(child, &status, 0) == child, "a child can be waited for");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void limit_descriptors(rlim_t soft) {
    rlimit limit{};
    expects(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "the limit can be read");
    limit.rlim_cur = soft;
    expects(::setrlimit(RLIMIT_NOFILE, &limit) == 0, "a soft limit can be set");
}

TEST(Descriptors, RaisesTheSoftLimit) {
    EXPECT_TRUE(holds_in_a_process([] {
        limit_descriptors(64);
        rlimit limit{};
        return raise_descriptor_limit() > 64 && ::getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
               limit.rlim_cur == std::min<rlim_t>(limit.rlim_max, 1U << 20U);
    }));
}

Coroutine<ServerReply> answer_after_a_while(async::Clock* clock, ServerRequest request) {
    ServerReply reply;
    reply.body = request.body;
    const TimePoint until = clock->now() + milliseconds(5);
    co_await async::sleep_until(*clock, until);
    co_return reply;
}

/// A server in a process of its own, so that its descriptors do not count. It ends with the pipe to it.
class ServerProcess {
public:
    ServerProcess() {
        std::array<int, 2> port{};
        std::array<int, 2> life{};
        expects(::pipe(port.data()) == 0 && ::pipe(life.data()) == 0, "pipes can be made");
        child_ = ::fork();
        if (child_ == 0) {
            ::close(life[1]);
            serve(port[1], life[0]);
            ::_exit(0);
        }
        ::close(life[0]);
        ::close(port[1]);
        life_ = life[1];
        expects(::read(port[0], &port_, sizeof port_) == sizeof port_, "the server says its port");
        ::close(port[0]);
    }
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    ~ServerProcess() {
        ::close(life_);
        ::waitpid(child_, nullptr, 0);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    static void serve(int say_port, int life) {
        boost::asio::io_context io{1};
        async::WheelClock clock{io.get_executor()};
        auto server = HttpServer::listen(io.get_executor(), clock, {}, [&clock](ServerRequest request) {
            return answer_after_a_while(&clock, std::move(request));
        });
        const std::uint16_t port = (*server)->port();
        if (::write(say_port, &port, sizeof port) != sizeof port) return;
        ::fcntl(life, F_SETFL, O_NONBLOCK);
        char byte = 0;
        while (::read(life, &byte, 1) != 0) io.run_one_for(milliseconds(50));
    }
    pid_t child_ = -1;
    int life_ = -1;
    std::uint16_t port_ = 0;
};

struct Outcomes {
    int answered = 0;
    int limited = 0;
    int other = 0;
    int pending = 0;
};

Coroutine<> call(HttpClient* client, std::string body, TimePoint deadline, Outcomes* outcomes) {
    auto head = client->prepare_post("/", {});
    auto text = std::make_shared<const std::string>(body);
    HttpOutcome outcome = co_await client->post(std::move(head), std::move(text), deadline);
    if (const auto* response = std::get_if<HttpResponse>(&outcome)) {
        ++(response->body == body ? outcomes->answered : outcomes->other);
    } else {
        const auto& failure = std::get<HttpFailure>(outcome);
        ++(failure.kind == FailureKind::local_limit && failure.sent == Sent::no ? outcomes->limited : outcomes->other);
    }
    --outcomes->pending;
}

int spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

/// Takes all descriptors but some, and gives them back.
/// The sanitizer wants descriptors when it sees a type for the first time: what happens meanwhile has happened before.
class TakenDescriptors {
public:
    explicit TakenDescriptors(std::size_t left) {
        for (int fd = spare(); fd >= 0; fd = spare()) taken_.push_back(fd);
        give_back(std::min(left, taken_.size()));
    }
    TakenDescriptors(const TakenDescriptors&) = delete;
    TakenDescriptors& operator=(const TakenDescriptors&) = delete;
    ~TakenDescriptors() { give_back(taken_.size()); }

private:
    void give_back(std::size_t count) {
        for (; count > 0; --count) {
            ::close(taken_.back());
            taken_.pop_back();
        }
    }
    std::vector<int> taken_;
};

/// Both clients are new, so that nothing is idle.
Outcomes call_often(boost::asio::io_context& io, async::WheelClock& clock, std::uint16_t port, int calls) {
    io.restart();
    auto client =
        HttpClient::make(io.get_executor(), clock, Endpoint{.secure = false, .host = "127.0.0.1", .port = port}, {});
    Outcomes outcomes;
    outcomes.pending = calls;
    for (int i = 0; i < calls; ++i) {
        boost::asio::co_spawn(io, call(client->get(), std::to_string(i), clock.now() + seconds(50), &outcomes),
                              rethrow);
    }
    while (outcomes.pending > 0 && io.run_one_for(seconds(60)) > 0) {
    }
    return outcomes;
}

/// `left`: descriptors that are left; none: all.
Outcomes call_at_the_limit(std::uint16_t port, rlim_t limit, std::optional<std::size_t> left, int calls) {
    boost::asio::io_context io{1};
    async::WheelClock clock{io.get_executor()};
    static_cast<void>(call_often(io, clock, port, 2));
    static_cast<void>(call_often(io, clock, 1, 2));  // refused
    limit_descriptors(limit);
    std::optional<TakenDescriptors> taken;
    if (left) taken.emplace(*left);
    return call_often(io, clock, port, calls);
}

TEST(Descriptors, CallsBeyondTheLimitWaitForAConnectionOfOurs) {
    const ServerProcess server;
    const auto port = server.port();
    EXPECT_TRUE(holds_in_a_process([port] {
        const Outcomes outcomes = call_at_the_limit(port, 1'000, 5, 200);  // the system refuses the sixth
        return outcomes.answered == 200;
    }));
    EXPECT_TRUE(holds_in_a_process([port] {
        const Outcomes outcomes = call_at_the_limit(port, 64, std::nullopt, 200);  // ours leaves the reserve alone
        return outcomes.answered == 200 && spare() >= 0;
    }));
}

TEST(Descriptors, WithoutAConnectionToWaitForACallFailsAsALimitOfOurs) {
    const ServerProcess server;
    const auto port = server.port();
    EXPECT_TRUE(holds_in_a_process([port] {
        const Outcomes outcomes = call_at_the_limit(port, 1'000, 0, 20);
        return outcomes.limited == 20;
    }));
}

Coroutine<ServerReply> say_well(ServerRequest) {
    ServerReply reply;
    reply.body = "well";
    co_return reply;
}

constexpr const char* well = "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

Coroutine<> ask_later(async::Clock* clock, std::uint16_t port, Socket* socket, std::string* said) {
    static_cast<void>(co_await talk(socket->get_executor(), port, well));
    co_await async::sleep_until(*clock, clock->now());
    {
        const TakenDescriptors all(0);
        socket->connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port));
        co_await write_text(socket, well);
        const TimePoint until = clock->now() + milliseconds(100);
        co_await async::sleep_until(*clock, until);  // the server has tried to accept several times
    }
    *said = co_await read_until(socket, never);
}

TEST(Descriptors, AServerWithoutDescriptorsServesAsSoonAsThereIsOne) {
    EXPECT_TRUE(holds_in_a_process([] {
        boost::asio::io_context io{1};
        async::WheelClock clock{io.get_executor()};
        limit_descriptors(200);
        auto server = HttpServer::listen(io.get_executor(), clock, {}, say_well);
        Socket socket(io.get_executor());
        socket.open(tcp::v4());
        std::string said;
        std::size_t turns = 0;
        boost::asio::co_spawn(io, ask_later(&clock, (*server)->port(), &socket, &said), rethrow);
        while (said.empty() && io.run_one_for(seconds(60)) > 0) ++turns;
        return said.ends_with("well") && turns < 10'000;
    }));
}

}  // namespace
}  // namespace prelabel::http
