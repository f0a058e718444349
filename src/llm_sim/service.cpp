#include "llm_sim/service.hpp"

#include <utility>

namespace prelabel::llm_sim {

Result<> Service::listen(async::Executor executor, http::HttpServer::Options options) {
    auto server = http::HttpServer::listen(executor, clock_, std::move(options),
                                           [this](http::ServerRequest request) { return serve(std::move(request)); });
    if (!server) return server.error();
    server_ = std::move(*server);
    return {};
}

async::Coroutine<> Service::close() { return server_->close(); }

async::Coroutine<http::ServerReply> Service::serve(http::ServerRequest request) {
    const TimePoint arrived = clock_.now();
    Simulator::Planned planned = simulator_.receive(request, arrived, clock_.wall_now());
    if (planned.latency > Duration{}) co_await async::sleep_until(clock_, arrived + planned.latency);
    if (planned.concurrent) simulator_.leave();
    planned.reply.sender = sender_for(planned.delivery, clock_, planned.drip_interval);
    co_return std::move(planned.reply);
}

}  // namespace prelabel::llm_sim
