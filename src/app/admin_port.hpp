#pragma once

#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/config/settings.hpp>
#include <prelabel/http/base_url.hpp>
#include <prelabel/http/http_server.hpp>
#include <prelabel/telemetry/history.hpp>
#include <prelabel/telemetry/rates.hpp>
#include <prelabel/telemetry/snapshot.hpp>
#include <prelabel/telemetry/watermark_ages.hpp>

#include <functional>
#include <memory>
#include <string>

namespace prelabel::app {

/// Where programs of this machine find an admin port: one that listens everywhere, at the loopback address too.
[[nodiscard]] http::Endpoint admin_endpoint(const config::Listen& listen);

/// Serves metrics, health, status, history and the live page on the worker's own loop: when that hangs, so do they.
class AdminPort {
public:
    /// `gather` fills in what the process has; rates, history, the loop's lag and the system's figures are added.
    using Gather = std::function<telemetry::Snapshot()>;

    /// Errors: Fault::config when the port cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<AdminPort>> open(async::Executor executor, async::WheelClock& clock,
                                                                 const config::Listen& listen, Gather gather);
    ~AdminPort();

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    /// Of the live page, for a browser.
    [[nodiscard]] std::string url() const;

private:
    AdminPort(async::WheelClock& clock, Gather gather);
    void sample();
    /// What is gathered now, with the ages that go on while nothing is in hand.
    [[nodiscard]] telemetry::Snapshot look();
    [[nodiscard]] telemetry::Snapshot snapshot();
    [[nodiscard]] async::Coroutine<http::ServerReply> answer(http::ServerRequest request);

    async::WheelClock& clock_;
    Gather gather_;
    telemetry::Rates rates_;
    telemetry::History history_;
    telemetry::WatermarkAges ages_;
    double lag_seconds_ = 0;
    double lag_seconds_max_ = 0;  // since the history's last sample
    async::Timer every_second_;
    config::Listen listen_;
    std::unique_ptr<http::HttpServer> server_;
};

}  // namespace prelabel::app
