#pragma once

#include <prelabel/http/header_fields.hpp>

#include <string>
#include <variant>

namespace prelabel::http {

/// How far a request got. A call may be paid for from `unknown` on.
enum class Sent {
    no,       ///< the server certainly does not have the whole request
    unknown,  ///< it may have it, but no response arrived
    answered,
};

struct HttpResponse {
    unsigned status = 0;
    HeaderFields headers;
    std::string body;
};

enum class FailureKind {
    connection,     ///< resolving, connecting, TLS, or the connection ended before the response did
    timed_out,      ///< connect, idle or total
    malformed,      ///< not HTTP, or beyond a limit
    wrong_address,  ///< no such host, TLS where there is none or the other way round, a certificate that is refused
    local_limit,    ///< no descriptor, port or memory left on this machine for a connection
};

/// No response. `message` says what happened, where and, if known, what to do; it never has a byte of a message.
struct HttpFailure {
    FailureKind kind = FailureKind::connection;
    Sent sent = Sent::no;
    std::string message;
    int proxy_status = 0;  ///< with which a proxy on the way refused; else 0
    std::string key = {};  ///< of a wrong address: where it is written, in the configuration or in the environment
};

using HttpOutcome = std::variant<HttpResponse, HttpFailure>;

}  // namespace prelabel::http
