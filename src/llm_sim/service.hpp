#pragma once

#include "llm_sim/simulator.hpp"

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/http/http_server.hpp>

#include <cstdint>
#include <memory>

namespace prelabel::llm_sim {

/// The simulator behind an HTTP server: hands requests to it with the time,
/// and replies when their latency has passed, in the way that was planned.
/// Lifetime: outlives its requests; close() waits for them.   Threads: confined to the loop.
class Service {
public:
    Service(async::Clock& clock, Simulator simulator) : clock_(clock), simulator_(std::move(simulator)) {}
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Errors: as HttpServer::listen.
    [[nodiscard]] Result<> listen(async::Executor executor, http::HttpServer::Options options);
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] async::Coroutine<> close();

private:
    [[nodiscard]] async::Coroutine<http::ServerReply> serve(http::ServerRequest request);

    async::Clock& clock_;
    Simulator simulator_;
    std::unique_ptr<http::HttpServer> server_;
};

}  // namespace prelabel::llm_sim
