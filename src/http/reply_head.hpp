#pragma once

#include <prelabel/http/http_server.hpp>

#include <string>
#include <string_view>

namespace prelabel::http {

/// Writes the status line and header fields of `reply` to `out`, replacing what is there.
/// Handlers' header values are trusted.
/// Source: RFC 9112; reason phrases are those of RFC 9110.
void write_reply_head(const ServerReply& reply, int version, bool keep_alive, std::string& out);

/// Whether this status may carry a body.
[[nodiscard]] bool has_body(int status);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace prelabel::http
