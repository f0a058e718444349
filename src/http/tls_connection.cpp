// The only unit that holds a TLS stream; Asio's own TLS code is compiled here too.
#include "http/basic_connection.hpp"
#include "http/tls_context.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace prelabel::http {
namespace {

class TlsTransport {
public:
    TlsTransport(Socket socket, TlsContext& context)
        : context_(context), stream_(std::move(socket), context.native()) {}
    TlsTransport(const TlsTransport&) = delete;
    TlsTransport& operator=(const TlsTransport&) = delete;
    // The connection is closed without the farewell of TLS; OpenSSL must not take its session for broken.
    ~TlsTransport() { SSL_set_shutdown(stream_.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

    [[nodiscard]] auto& stream() { return stream_; }
    [[nodiscard]] Socket& socket() { return stream_.next_layer(); }
    [[nodiscard]] bool write_at_once(Pieces&, boost::system::error_code&) { return false; }

    /// One piece makes one TLS record and one packet; copying it costs nothing beside encrypting it.
    [[nodiscard]] Pieces lay_out(const Pieces& pieces) {
        joined_.clear();
        joined_.reserve(boost::asio::buffer_size(pieces));
        for (const auto& piece : pieces) joined_.append(static_cast<const char*>(piece.data()), piece.size());
        return {boost::asio::buffer(joined_)};
    }
    /// While the model thinks, a call does not hold its request twice.
    void release() {
        if (joined_.capacity() > InputBuffer::bytes_initial) joined_ = std::string();
    }

    /// Through TLS, because its own messages may come at any time and because bytes may lie in its buffers.
    [[nodiscard]] Heard heard() {
        char byte = 0;
        boost::system::error_code error;
        stream_.read_some(boost::asio::buffer(&byte, 1), error);  // the socket is non-blocking
        if (!error) return Heard::bytes;
        return error == boost::asio::error::would_block ? Heard::nothing : Heard::end;
    }

    [[nodiscard]] async::Coroutine<std::optional<HttpFailure>> handshake(Endpoint endpoint) {
        boost::system::error_code error = boost::asio::error::invalid_argument;
        if (context_.prepare(stream_.native_handle(), endpoint.host)) {
            auto token = boost::asio::redirect_error(async::use_coroutine, error);
            co_await stream_.async_handshake(boost::asio::ssl::stream_base::client, token);
        }
        std::optional<HttpFailure> failure;
        if (error) failure = handshake_failure(stream_.native_handle(), endpoint, error);
        co_return failure;
    }

    /// Without TLS's own farewell, anyone on the way may have cut the stream.
    [[nodiscard]] static bool ends_cleanly(const boost::system::error_code& error) {
        return error == boost::asio::error::eof;
    }
    [[nodiscard]] static bool is_close(const boost::system::error_code& error) {
        return error == boost::asio::error::eof || error == boost::asio::ssl::error::stream_truncated;
    }

private:
    TlsContext& context_;
    boost::asio::ssl::stream<Socket> stream_;
    std::string joined_;
};

}  // namespace

std::unique_ptr<Connection> make_tls_connection(Socket socket, ConnectionContext& context, TlsContext& tls) {
    return std::make_unique<BasicConnection<TlsTransport>>(std::move(socket), context, tls);
}

}  // namespace prelabel::http
