#include "llm_sim/command_line.hpp"
#include "llm_sim/service.hpp"

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/http/descriptors.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

namespace {

namespace asio = boost::asio;
using namespace prelabel;
using namespace prelabel::llm_sim;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

int fail(const Error& error) {
    std::fprintf(stderr, "llm-sim: %s\n", error.message.c_str());
    return error.fault == Fault::dependency ? exit_failed : exit_usage;
}

Result<> write_port(const std::string& path, std::uint16_t port) {
    if (path.empty()) return {};
    std::ofstream file(path);
    file << port << '\n';
    file.close();
    if (!file) return Error{Fault::config, path + ": cannot be written"};
    return {};
}

async::Coroutine<> stop(Service& service, asio::io_context& io) {
    co_await service.close();
    io.stop();  // replies that hang have no end of their own
}

int run(const Invocation& invocation) {
    GoldBook gold;
    if (!invocation.gold_file.empty()) {
        auto loaded = GoldBook::load(invocation.gold_file);
        if (!loaded) return fail(loaded.error());
        gold = std::move(*loaded);
    }
    FaultScript script;
    if (!invocation.script_file.empty()) {
        auto loaded = FaultScript::load(invocation.script_file);
        if (!loaded) return fail(loaded.error());
        script = std::move(*loaded);
    }

    asio::io_context io(1);
    async::WheelClock clock(io.get_executor());
    Service service(clock, Simulator(invocation.settings, std::move(gold), std::move(script), clock.now()));
    http::HttpServer::Options options;
    options.address = invocation.address;
    options.port = invocation.port;
    static_cast<void>(http::raise_descriptor_limit());
    if (auto listening = service.listen(io.get_executor(), options); !listening) return fail(listening.error());
    if (auto written = write_port(invocation.port_file, service.port()); !written) return fail(written.error());

    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code error, int) {
        if (error) return;
        asio::co_spawn(io.get_executor(), stop(service, io), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    });
    const bool v6 = invocation.address.find(':') != std::string::npos;
    std::printf("listening on http://%s%s%s:%u/v1\n", v6 ? "[" : "", invocation.address.c_str(), v6 ? "]" : "",
                static_cast<unsigned>(service.port()));
    std::fflush(stdout);
    io.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const auto read = read_command_line(std::vector<std::string>(argv + 1, argv + argc));
    if (const auto* exit = std::get_if<EarlyExit>(&read)) {
        std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
        return exit->status;
    }
    return run(std::get<Invocation>(read));
}
