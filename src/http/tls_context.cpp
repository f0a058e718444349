#include "http/tls_context.hpp"

#include "http/failure_words.hpp"
#include "http/wording.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace prelabel::http {
namespace {

namespace ssl = boost::asio::ssl;

/// Where other distributions keep their authorities: Fedora and RHEL, openSUSE, Alpine and the BSDs.
constexpr std::array elsewhere{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                               "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

}  // namespace

TlsContext::TlsContext() : context_(ssl::context::tls_client) {
    SSL_CTX* const native = context_.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection holds 34 KB less
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
    keep_sessions();
}

TlsContext::~TlsContext() { SSL_SESSION_free(session_); }

Result<std::unique_ptr<TlsContext>> TlsContext::make(const Settings& settings) {
    std::unique_ptr<TlsContext> made(new TlsContext);
    if (auto trusted = made->trust(settings.ca_file); !trusted) return trusted.error();
    if (settings.cert_file.empty()) return made;
    const auto& key = settings.key_file.empty() ? settings.cert_file : settings.key_file;
    if (auto identified = made->identify(settings.cert_file, key); !identified) return identified.error();
    return made;
}

Result<> TlsContext::trust(const std::string& ca_file) {
    boost::system::error_code error;
    if (!ca_file.empty()) {
        context_.load_verify_file(ca_file, error);
        if (!error) return {};
        return Error{Fault::config, "llm.ca_file '" + ca_file + "' cannot be used: " + reason(error) +
                                        "; expected a file of PEM certificates"};
    }
    context_.set_default_verify_paths(error);
    if (error) return Error{Fault::config, "the system's certificate authorities cannot be used: " + reason(error)};
    // A program that was built on another distribution looks where that one has them.
    const std::array where{std::string(X509_get_default_cert_file()), std::string(X509_get_default_cert_dir())};
    std::error_code ignored;
    if (std::getenv(X509_get_default_cert_file_env()) != nullptr ||
        std::getenv(X509_get_default_cert_dir_env()) != nullptr ||
        std::ranges::any_of(where, [&](const auto& path) { return std::filesystem::exists(path, ignored); }))
        return {};
    for (const char* bundle : elsewhere) {
        if (!std::filesystem::exists(bundle, ignored)) continue;
        context_.load_verify_file(bundle, error);
        if (!error) break;
    }
    return {};
}

Result<> TlsContext::identify(const std::string& cert_file, const std::string& key_file) {
    boost::system::error_code error;
    // Else OpenSSL asks the terminal for a passphrase, and a service hangs.
    context_.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    context_.use_certificate_chain_file(cert_file, error);
    if (error)
        return Error{Fault::config, "llm.cert_file '" + cert_file + "' cannot be used: " + reason(error) +
                                        "; expected our certificate and those of its authorities, as PEM"};
    context_.use_private_key_file(key_file, ssl::context::pem, error);
    if (error)
        return Error{Fault::config, "llm.key_file '" + key_file + "' cannot be used: " + reason(error) +
                                        "; expected the key of llm.cert_file as PEM, without a passphrase"};
    return {};
}

void TlsContext::keep_sessions() {
    SSL_CTX* const native = context_.native_handle();
    SSL_CTX_set_ex_data(native, context_index(), this);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, [](SSL* connection, SSL_SESSION* session) {
        auto* self = static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), context_index()));
        SSL_SESSION_free(std::exchange(self->session_, session));
        return 1;  // the session's reference is ours now
    });
}

bool TlsContext::prepare(SSL* connection, const std::string& host) const {
    boost::system::error_code not_an_address;
    static_cast<void>(boost::asio::ip::make_address(host, not_an_address));
    if (not_an_address) {
        std::string name = host;
        if (SSL_set_tlsext_host_name(connection, name.data()) != 1) return false;
        SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (SSL_set1_host(connection, host.c_str()) != 1) return false;
    } else if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) != 1) {
        return false;
    }
    constexpr std::array<unsigned char, 9> http11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    if (SSL_set_alpn_protos(connection, http11.data(), http11.size()) != 0) return false;  // 0 is success here
    if (session_ && SSL_SESSION_is_resumable(session_) == 1) SSL_set_session(connection, session_);
    return true;
}

HttpFailure handshake_failure(SSL* connection, const Endpoint& endpoint, const boost::system::error_code& error) {
    const long verdict = SSL_get_verify_result(connection);
    const std::string where = endpoint.display();
    const auto certificate = [&](const std::string& is) {
        return wrong_base_url("TLS: the certificate of " + where + is);
    };
    switch (verdict) {
        case X509_V_OK:
            break;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return certificate(" is not valid for host " + endpoint.host);
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return certificate(std::string(" is signed by an unknown authority (") +
                               X509_verify_cert_error_string(verdict) +
                               "); set llm.ca_file to that authority's certificate");
        default:
            return certificate(std::string(" is refused: ") + X509_verify_cert_error_string(verdict));
    }
    const std::string failed = "TLS handshake with " + where + " failed: " + reason(error);
    const bool of_tls = error.category() == boost::asio::error::get_ssl_category();
    if (of_tls && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER)
        return wrong_base_url(failed + ": it does not speak TLS; write http:// in llm.base_url");
    return {FailureKind::connection, Sent::no, failed};
}

}  // namespace prelabel::http
