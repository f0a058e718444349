#pragma once

#include "http/input_buffer.hpp"
#include "http/message_parser.hpp"
#include "http/watchdog.hpp"
#include "http/write_all.hpp"

#include <prelabel/http/http_server.hpp>

#include <optional>
#include <string>

namespace prelabel::http {

/// One connection of the server: request, handler, reply, and again.
///
/// Bound:    an idle connection, and one that takes or sends no byte, ends after 75 s; a request or reply that takes
///           longer than `request_time_max` ends it too.
/// Lifetime: clock and handler outlive run().   Threads: confined to the loop.
class ServerSession {
public:
    ServerSession(Socket socket, async::Clock& clock, const HttpServer::Options& options, const Handler& handler);

    [[nodiscard]] async::Coroutine<> run();
    /// Ends after the request that is being handled; at once when there is none.
    void finish();
    /// Since when it has waited for a request; none while it has one, or a part of it.
    [[nodiscard]] std::optional<TimePoint> idle_since() const { return idle_since_; }

private:
    /// True when a whole request is in the parser; false when the connection is over or must end after error_status_.
    [[nodiscard]] async::Coroutine<bool> read_request();
    [[nodiscard]] async::Coroutine<bool> receive();
    [[nodiscard]] async::Coroutine<ServerReply> handle();
    /// These are true when the connection can carry another request.
    [[nodiscard]] async::Coroutine<bool> deliver(ServerReply reply, bool keep_alive);
    [[nodiscard]] async::Coroutine<bool> send(std::string_view head, std::string_view body);
    [[nodiscard]] async::Coroutine<bool> send_by(const Sender* sender, std::string_view body);
    /// Reads and drops until the peer leaves, so that closing does not take back a reply still on its way.
    [[nodiscard]] async::Coroutine<> say_farewell();
    void watch(Duration at_most);
    [[nodiscard]] bool is_for_another_host();
    void close();

    Socket socket_;
    async::Clock& clock_;
    const HttpServer::Options& options_;
    const Handler& handler_;
    MessageParser parser_;
    InputBuffer input_;
    Watchdog watchdog_;
    std::string head_;
    int error_status_ = 0;  ///< what a request that could not be read deserves; 0: nobody to tell
    bool waiting_ = true;   ///< for a request, a sender or nothing at all: may be closed at any time
    bool finishing_ = false;
    std::optional<TimePoint> idle_since_;
};

}  // namespace prelabel::http
