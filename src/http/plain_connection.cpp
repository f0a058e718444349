#include "http/basic_connection.hpp"

namespace prelabel::http {
namespace {

class PlainTransport {
public:
    explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}

    [[nodiscard]] Socket& stream() { return socket_; }
    [[nodiscard]] Socket& socket() { return socket_; }
    [[nodiscard]] bool write_at_once(Pieces& pieces, boost::system::error_code& error) {
        return http::write_at_once(socket_, pieces, error);
    }
    [[nodiscard]] static Pieces lay_out(Pieces pieces) { return pieces; }
    void release() {}
    [[nodiscard]] Heard heard() { return http::heard(socket_.native_handle()); }
    [[nodiscard]] async::Coroutine<std::optional<HttpFailure>> handshake(Endpoint) { co_return std::nullopt; }
    /// Only an orderly close may end a response that has no length.
    [[nodiscard]] static bool ends_cleanly(const boost::system::error_code& error) {
        return error == boost::asio::error::eof;
    }
    [[nodiscard]] static bool is_close(const boost::system::error_code& error) {
        return error == boost::asio::error::eof;
    }

private:
    Socket socket_;
};

}  // namespace

std::unique_ptr<Connection> make_plain_connection(Socket socket, ConnectionContext& context) {
    return std::make_unique<BasicConnection<PlainTransport>>(std::move(socket), context);
}

}  // namespace prelabel::http
