#include "app/admin_port.hpp"

#include <prelabel/pipeline/stats.hpp>
#include <prelabel/telemetry/admin_page.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace prelabel::app {
namespace {

/// The live page's scripts, its style and its icon are files of their own, and nothing makes markup from text.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

telemetry::Totals totals(const pipeline::Stats& stats) {
    telemetry::Totals out;
    out.documents = static_cast<double>(stats.documents_complete + stats.documents_partial);
    for (const auto count : stats.dead_letters) out.documents += static_cast<double>(count);
    out.calls = static_cast<double>(stats.calls_started);
    out.tokens = static_cast<double>(stats.reserved_tokens);
    out.cost_usd = stats.usage.cost_usd;
    out.wait_seconds = stats.wait_seconds;
    out.call_seconds = telemetry::buckets_of(stats.call_seconds);
    out.document_seconds = telemetry::buckets_of(stats.document_seconds);
    return out;
}

/// None while the broker has not told the lag of every partition.
std::optional<telemetry::Backlog> backlog(const telemetry::Snapshot& snapshot) {
    if (!snapshot.source || !snapshot.pipeline) return std::nullopt;
    const auto records = telemetry::lag_of(*snapshot.source);
    if (!records) return std::nullopt;
    const auto changes = snapshot.pipeline->assignments + snapshot.pipeline->revocations;
    return telemetry::Backlog{static_cast<double>(*records), changes};
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
    const auto now = clock_.now();
    const telemetry::Snapshot seen = look();
    rates_.sample(now, seen.pipeline ? totals(*seen.pipeline) : telemetry::Totals(), backlog(seen));
    lag_seconds_ = std::chrono::duration<double>(clock_.take_worst_lag()).count();
    lag_seconds_max_ = std::max(lag_seconds_max_, lag_seconds_);
    if (history_.due(now)) {
        telemetry::Snapshot all = snapshot();
        all.loop_lag_seconds = std::exchange(lag_seconds_max_, 0);
        history_.sample(now, all);
    }
    clock_.arm(every_second_, clock_.now() + std::chrono::seconds(1));
}

telemetry::Snapshot AdminPort::look() {
    telemetry::Snapshot all = gather_();
    if (all.source) ages_.carry_on(clock_.now(), *all.source, all.watermark_ages);
    return all;
}

telemetry::Snapshot AdminPort::snapshot() {
    telemetry::Snapshot all = look();
    all.last_minute = rates_.last_minute();
    all.history = &history_;
    all.loop_lag_seconds = lag_seconds_;
    all.process = telemetry::read_process_stats();
    return all;
}

async::Coroutine<http::ServerReply> AdminPort::answer(http::ServerRequest request) {
    telemetry::Page page = telemetry::admin_page(request.method, request.target, request.header("accept"), snapshot());
    http::ServerReply reply;
    reply.status = page.status;
    reply.content_type = std::move(page.content_type);
    reply.body = std::move(page.body);
    reply.headers = {{"Content-Security-Policy", std::string(policy)},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cross-Origin-Resource-Policy", "same-origin"},
                     {"Cache-Control", "no-store"}};
    if (!page.allow.empty()) reply.headers.push_back({"Allow", std::move(page.allow)});
    co_return reply;
}

}  // namespace prelabel::app
