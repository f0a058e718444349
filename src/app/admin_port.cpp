#include "app/admin_port.hpp"

#include <prelabel/pipeline/stats.hpp>
#include <prelabel/telemetry/admin_page.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace prelabel::app {
namespace {

/// The live page's script is a file of its own; its style is not, and cannot read anything.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

telemetry::Totals totals(const pipeline::Stats& stats) {
    telemetry::Totals out;
    out.documents = static_cast<double>(stats.documents_complete + stats.documents_partial);
    for (const auto count : stats.dead_letters) out.documents += static_cast<double>(count);
    out.calls = static_cast<double>(stats.calls_started);
    out.tokens = static_cast<double>(stats.reserved_tokens);
    out.cost_usd = stats.usage.cost_usd;
    return out;
}

}  // namespace

http::Endpoint admin_endpoint(const config::Listen& listen) {
    const bool everywhere = listen.address == "0.0.0.0" || listen.address == "::";
    return {.secure = false, .host = everywhere ? "localhost" : listen.address, .port = listen.port};
}

AdminPort::AdminPort(async::WheelClock& clock, Gather gather)
    : clock_(clock), gather_(std::move(gather)), every_second_([this] { sample(); }) {
    sample();
}

AdminPort::~AdminPort() { clock_.disarm(every_second_); }

Result<std::unique_ptr<AdminPort>> AdminPort::open(async::Executor executor, async::WheelClock& clock,
                                                   const config::Listen& listen, Gather gather) {
    auto admin = std::unique_ptr<AdminPort>(new AdminPort(clock, std::move(gather)));
    http::HttpServer::Options options;
    options.address = listen.address;
    options.port = listen.port;
    options.body_bytes_max = 0;
    options.connections_max = 64;
    options.request_time_max = std::chrono::seconds(10);
    options.loopback_names_only = true;
    auto server = http::HttpServer::listen(executor, clock, options, [self = admin.get()](http::ServerRequest request) {
        return self->answer(std::move(request));
    });
    if (!server) return server.error();
    admin->server_ = std::move(*server);
    admin->listen_ = listen;
    admin->listen_.port = admin->port();
    return admin;
}

std::string AdminPort::url() const { return "http://" + admin_endpoint(listen_).display() + "/"; }

void AdminPort::sample() {
    // Before there is a worker nothing was called: what its first second adds has to count.
    const auto* const stats = gather_().pipeline;
    rates_.sample(clock_.now(), stats ? totals(*stats) : telemetry::Totals());
    lag_seconds_ = std::chrono::duration<double>(clock_.take_worst_lag()).count();
    clock_.arm(every_second_, clock_.now() + std::chrono::seconds(1));
}

async::Coroutine<http::ServerReply> AdminPort::answer(http::ServerRequest request) {
    telemetry::Snapshot snapshot = gather_();
    snapshot.last_minute = rates_.last_minute();
    snapshot.loop_lag_seconds = lag_seconds_;
    snapshot.process = telemetry::read_process_stats();
    telemetry::Page page = telemetry::admin_page(request.method, request.target, request.header("accept"), snapshot);
    http::ServerReply reply;
    reply.status = page.status;
    reply.content_type = std::move(page.content_type);
    reply.body = std::move(page.body);
    reply.headers = {{"Content-Security-Policy", std::string(policy)},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cache-Control", "no-store"}};
    if (!page.allow.empty()) reply.headers.push_back({"Allow", std::move(page.allow)});
    co_return reply;
}

}  // namespace prelabel::app
