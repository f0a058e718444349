// Question: what CPU does one call cost the client, against wrk at the same concurrency?
//
// The server is a child process, so that only the client is counted; wrk sends the same bytes to the same server.
// Repeat: build/bench/bench/http_client_bench        (wrk is compared where it is installed)
#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/http/http_client.hpp>
#include <prelabel/http/http_server.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/resource.h>
#include <sys/wait.h>

namespace prelabel::http {
namespace {

constexpr std::size_t request_bytes = 2'048;
constexpr int wrk_seconds = 3;

void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
}

async::Coroutine<ServerReply> answer(ServerRequest) {
    ServerReply reply;
    reply.body.assign(600, 'a');
    co_return reply;
}

/// A server in a child process.   Lifetime: the child is killed with this.
class ServerProcess {
public:
    ServerProcess() {
        int ports[2];
        expects(pipe(ports) == 0, "a pipe can be made");
        child_ = fork();
        expects(child_ >= 0, "a process can be made");
        if (child_ == 0) serve(ports[1]);
        expects(read(ports[0], &port_, sizeof port_) == sizeof port_, "the server says its port");
        close(ports[0]);
        close(ports[1]);
    }
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    ~ServerProcess() {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    [[noreturn]] static void serve(int out) {
        boost::asio::io_context io(1);
        async::WheelClock clock(io.get_executor());
        auto server = HttpServer::listen(io.get_executor(), clock, {}, answer);
        expects(server.has_value(), "a port of the system's choice is free");
        const std::uint16_t port = (*server)->port();
        expects(write(out, &port, sizeof port) == sizeof port, "the port can be said");
        io.run();
        std::_Exit(0);
    }

    pid_t child_ = 0;
    std::uint16_t port_ = 0;
};

ServerProcess& server() {
    static ServerProcess process;
    return process;
}

double cpu_seconds(int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

async::Coroutine<> call_on(HttpClient* client, async::Clock* clock, std::shared_ptr<const std::string> head,
                           std::shared_ptr<const std::string> body, std::int64_t* left) {
    while (--*left >= 0) {
        auto this_head = head;
        auto this_body = body;
        const TimePoint deadline = clock->now() + std::chrono::seconds(60);
        const HttpOutcome outcome = co_await client->post(std::move(this_head), std::move(this_body), deadline);
        expects(std::holds_alternative<HttpResponse>(outcome), "the server answers");
    }
}

void client(benchmark::State& state) {
    boost::asio::io_context io(1);
    async::WheelClock clock(io.get_executor());
    auto made = HttpClient::make(io.get_executor(), clock, Endpoint{false, "127.0.0.1", server().port()}, {});
    auto head = (*made)->prepare_post("/v1/chat/completions",
                                      {{"Content-Type", "application/json"}, {"Authorization", "Bearer sk-bench"}});
    auto body = std::make_shared<const std::string>(request_bytes, 'x');
    const std::int64_t calls = 100'000;
    const double before = cpu_seconds(RUSAGE_SELF);
    std::int64_t total = 0;
    for (auto unused : state) {
        static_cast<void>(unused);
        std::int64_t left = calls;
        std::int64_t pending = state.range(0);
        for (std::int64_t i = 0; i < state.range(0); ++i) {
            boost::asio::co_spawn(io, call_on(made->get(), &clock, head, body, &left),
                                  [&pending](std::exception_ptr error) {
                                      rethrow(error);
                                      --pending;
                                  });
        }
        while (pending > 0) io.run_one();
        total += calls;
    }
    state.counters["cpu_us_per_call"] = (cpu_seconds(RUSAGE_SELF) - before) * 1e6 / static_cast<double>(total);
    state.counters["calls_per_s"] = benchmark::Counter(static_cast<double>(total), benchmark::Counter::kIsRate);
}

/// The same requests by wrk: a C program that does nothing but this.
void wrk(benchmark::State& state) {
    if (std::system("command -v wrk >/dev/null 2>&1") != 0) {
        state.SkipWithError("wrk is not installed");
        return;
    }
    char script[] = "/tmp/prelabel-wrk-XXXXXX";
    close(mkstemp(script));
    std::ofstream(script)
        << "wrk.method='POST'\nwrk.body=string.rep('x'," << request_bytes
        << ")\nwrk.headers['Content-Type']='application/json'\nwrk.headers['Authorization']='Bearer sk-bench'\n"
        << "done=function(s) io.stderr:write(s.requests) end\n";
    const std::string out = std::string(script) + ".out";
    const std::string command = "wrk -t1 -c" + std::to_string(state.range(0)) + " -d" + std::to_string(wrk_seconds) +
                                " -s " + script + " http://127.0.0.1:" + std::to_string(server().port()) +
                                "/v1/chat/completions >/dev/null 2>" + out;
    const double before = cpu_seconds(RUSAGE_CHILDREN);
    double requests = 0;
    for (auto unused : state) {
        static_cast<void>(unused);
        expects(std::system(command.c_str()) == 0, "wrk runs");
        double made = 0;
        std::ifstream(out) >> made;
        requests += made;
    }
    state.counters["cpu_us_per_call"] = (cpu_seconds(RUSAGE_CHILDREN) - before) * 1e6 / requests;
    state.counters["calls_per_s"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
    unlink(script);
    unlink(out.c_str());
}

BENCHMARK(client)->Arg(1)->Arg(64)->Arg(256)->Arg(1'024)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(wrk)->Arg(64)->Arg(256)->Arg(1'024)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prelabel::http
