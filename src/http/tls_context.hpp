#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/http/base_url.hpp>
#include <prelabel/http/http_outcome.hpp>
#include <prelabel/http/settings.hpp>

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

namespace prelabel::http {

/// What the TLS connections of one client share: whom to trust, who we are, and the last session, to resume it. TLS 1.2
/// or newer; the server's certificate must be valid for the host.
/// Lifetime: outlives its connections.
class TlsContext {
public:
    /// Errors: Fault::config when a file cannot be read, holds no certificate or key, or the two do not belong
    ///         together.
    [[nodiscard]] static Result<std::unique_ptr<TlsContext>> make(const Settings& settings);
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;
    ~TlsContext();

    [[nodiscard]] boost::asio::ssl::context& native() { return context_; }
    /// Sets server name, host verification, ALPN and the session to resume. False when OpenSSL refuses the host.
    [[nodiscard]] bool prepare(SSL* connection, const std::string& host) const;

private:
    TlsContext();
    void keep_sessions();
    [[nodiscard]] Result<> trust(const std::string& ca_file);
    [[nodiscard]] Result<> identify(const std::string& cert_file, const std::string& key_file);

    boost::asio::ssl::context context_;
    SSL_SESSION* session_ = nullptr;
};

/// Why the handshake failed and what can be done.
[[nodiscard]] HttpFailure handshake_failure(SSL* connection, const Endpoint& endpoint,
                                            const boost::system::error_code& error);

}  // namespace prelabel::http
