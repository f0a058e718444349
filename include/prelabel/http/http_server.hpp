#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/http/header.hpp>
#include <prelabel/http/socket.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::http {

/// One request, whole. The views live until the handler's task completes.
struct ServerRequest {
    std::string_view method;
    std::string_view target;  ///< path and query, as sent
    std::vector<Header> headers;
    std::string_view body;

    /// First header with this name, in any case; empty if absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Writes a reply on its connection in the server's place. `head` and `body` are what the server would send.
/// True: all was sent, and the connection may carry another request.
///
/// Lifetime: the views and the socket outlive the task. The server closes the socket, which ends the task's reads and
///           writes, when it ends itself.
/// Bound:    the server sets no time-out meanwhile.
using Sender = std::function<async::Coroutine<bool>(Socket* socket, std::string_view head, std::string_view body)>;

struct ServerReply {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<Header> headers;
    std::string body;
    Sender sender;  ///< for what the server does not do by itself; empty: the server sends
};

using Handler = std::function<async::Coroutine<ServerReply>(ServerRequest)>;

/// An HTTP/1.1 keep-alive server for loopback and cluster-internal use: the admin port and llm-sim.
/// HEAD is GET to the handler; its body is not sent.
///
/// Bounds: header 64 KiB, and `Options`; an idle connection is closed after 75 s, and sooner if another one needs its
///         place.
/// Threads: confined to the loop.
class HttpServer {
public:
    struct Options {
        std::string address = "127.0.0.1";
        std::uint16_t port = 0;                  ///< 0: the system chooses
        std::size_t body_bytes_max = 16U << 20;  ///< beyond it: 413, and the connection closes; 0: no body
        std::size_t connections_max = 8'192;
        /// For reading a request from its first byte on, and again for sending its reply.
        Duration request_time_max = Duration::max();
        /// Over a loopback address, Host must name this machine itself: 421 for a web page that rebinds its name.
        bool loopback_names_only = false;
    };

    /// Binds and listens. Errors: address, port and reason; Fault::dependency where it may help to try again (in use).
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(async::Executor executor, async::Clock& clock,
                                                                    Options options, Handler handler);
    ~HttpServer();

    [[nodiscard]] std::uint16_t port() const;
    /// Accepts no more, lets running handlers finish, closes idle connections.
    [[nodiscard]] async::Coroutine<> close();

private:
    class Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace prelabel::http
