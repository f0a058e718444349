#include "http/dialer.hpp"

#include "http/failure_words.hpp"
#include "http/local_limit.hpp"
#include "http/watchdog.hpp"
#include "http/wording.hpp"

#include <utility>

#include <boost/asio/redirect_error.hpp>

namespace prelabel::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using DialOutcome = std::variant<Socket, HttpFailure>;

HttpFailure cannot(std::string doing, const error_code& error, bool limited) {
    HttpFailure failure;
    failure.message = "cannot " + std::move(doing);
    if (limited) failure.kind = FailureKind::local_limit;
    if (error == boost::asio::error::timed_out) {
        failure.kind = FailureKind::timed_out;
        failure.message += " in time (llm.timeout.connect)";
    } else {
        failure.message += ": " + reason(error);
    }
    return failure;
}

void set_options(Socket& socket) {
    error_code ignored;  // a connection that is gone already shows at the first write
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
    socket.non_blocking(true, ignored);
}

}  // namespace

HttpFailure cannot_resolve(const Endpoint& endpoint, const std::optional<Proxy>& proxy, const error_code& error) {
    HttpFailure failure =
        cannot("resolve " + (proxy ? proxy->display() : endpoint.host), error, is_local_limit(error, false));
    if (error == boost::asio::error::host_not_found) {
        failure = wrong_base_url(std::move(failure.message));
        if (proxy) failure.key = proxy->named_by;
    }
    return failure;
}

async::Coroutine<DialOutcome> dial(ConnectionContext* context, TimePoint deadline) {
    const Resolved resolved = co_await context->resolver.resolve(deadline);
    if (resolved.error) {
        DialOutcome unresolved = cannot_resolve(context->endpoint, context->settings.proxy, resolved.error);
        co_return unresolved;
    }
    error_code error;
    bool limited = false;
    for (std::size_t i = 0; i < resolved.addresses.size() && !context->aborts.aborted(); ++i) {
        const Address& address = resolved.addresses[i];
        Socket socket(context->executor);
        const auto close = [&socket] {
            error_code ignored;
            socket.close(ignored);
        };
        Watchdog watchdog(context->clock, close);
        const AbortList::Entry abort(context->aborts, close);
        const TimePoint now = context->clock.now();
        const auto left = static_cast<Duration::rep>(resolved.addresses.size() - i);
        watchdog.start(now, now + (deadline - now) / left, Duration::max());
        auto token = boost::asio::redirect_error(async::use_coroutine, error);
        co_await socket.async_connect(address, token);
        watchdog.stop();
        if (watchdog.expired() != Watchdog::Expired::no) error = boost::asio::error::timed_out;
        if (context->aborts.aborted()) break;
        limited = is_local_limit(error, address.address().is_v4());
        if (error) {
            if (!limited) context->resolver.died(address);
            continue;
        }
        context->resolver.works(address);
        set_options(socket);
        DialOutcome connected = std::move(socket);
        co_return connected;
    }
    DialOutcome unconnected = cannot("connect to " + context->peer(), error, limited);
    co_return unconnected;
}

}  // namespace prelabel::http
