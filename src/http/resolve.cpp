#include "http/resolve.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

namespace prelabel::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using Resolver = boost::asio::ip::basic_resolver<tcp, pipeline::Executor>;

/// One look-up and the coroutine that waits for it. Owned by the resolver's operation, so that it goes with the loop.
class Lookup : public std::enable_shared_from_this<Lookup> {
public:
    using Waiter =
        boost::asio::async_result<boost::asio::use_awaitable_t<pipeline::Executor>, void(Resolved)>::handler_type;

    Lookup(ConnectionContext& context, Waiter waiter)
        : context_(context),
          resolver_(context.executor),
          waiter_(std::move(waiter)),
          deadline_([this] { finish({{}, boost::asio::error::timed_out}); }),
          abort_(std::in_place, context.aborts, [this] { finish({{}, boost::asio::error::operation_aborted}); }) {}

    void start(const std::string& host, std::uint16_t port, TimePoint deadline) {
        context_.clock.arm(deadline_, deadline);
        resolver_.async_resolve(
            host, std::to_string(port), Resolver::numeric_service,
            [self = shared_from_this()](const error_code& error, const Resolver::results_type& found) {
                Resolved resolved{{}, error};
                for (const auto& entry : found) resolved.endpoints.push_back(entry.endpoint());
                self->finish(std::move(resolved));
            });
    }

private:
    void finish(Resolved resolved) {
        if (!waiter_) return;
        context_.clock.disarm(deadline_);
        abort_.reset();  // the answer may come when the context is gone
        boost::asio::post(context_.executor, [waiter = std::move(*waiter_), resolved = std::move(resolved)]() mutable {
            std::move(waiter)(std::move(resolved));
        });
        waiter_.reset();
    }

    ConnectionContext& context_;
    Resolver resolver_;
    std::optional<Waiter> waiter_;
    pipeline::Timer deadline_;
    std::optional<AbortList::Entry> abort_;
};

}  // namespace

pipeline::Task<Resolved> resolve(ConnectionContext* context, std::string host, std::uint16_t port, TimePoint deadline) {
    error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        Resolved itself;
        itself.endpoints.emplace_back(address, port);
        co_return itself;
    }
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<pipeline::Executor>&,
                                                   void(Resolved)>(
        [context, deadline, port, &host](auto handler) {
            std::make_shared<Lookup>(*context, std::move(handler))->start(host, port, deadline);
        },
        pipeline::use_task);
}

}  // namespace prelabel::http
