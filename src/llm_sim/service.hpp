#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/http/http_server.hpp>
#include <prelabel/pipeline/clock.hpp>
#include <prelabel/pipeline/task.hpp>

#include <cstdint>
#include <memory>

#include <llm_sim/simulator.hpp>

namespace prelabel::llm_sim {

/// The simulator behind an HTTP server: hands requests to it with the time, and replies when their latency has passed.
/// Lifetime: outlives its requests; close() waits for them.   Threads: confined to the loop.
class Service {
public:
    Service(pipeline::Clock& clock, Simulator simulator) : clock_(clock), simulator_(std::move(simulator)) {}
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Errors: as HttpServer::listen.
    [[nodiscard]] Result<> listen(pipeline::Executor executor, http::HttpServer::Options options);
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] pipeline::Task<> close();

private:
    [[nodiscard]] pipeline::Task<http::ServerReply> serve(http::ServerRequest request);

    pipeline::Clock& clock_;
    Simulator simulator_;
    std::unique_ptr<http::HttpServer> server_;
};

}  // namespace prelabel::llm_sim
