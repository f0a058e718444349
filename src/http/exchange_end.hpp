#pragma once

#include "http/message_parser.hpp"
#include "http/watchdog.hpp"

#include <prelabel/base/time.hpp>
#include <prelabel/http/http_outcome.hpp>

#include <cstdint>

namespace prelabel::http {

/// What an exchange came to.
enum class Ending : std::uint8_t {
    answered,
    out_of_turn,  ///< the response began before the server had the whole request: it answers another one
    foreign,      ///< the response carries the id of another request
    stopped,      ///< the program stops
    idle,         ///< the response stopped coming
    late,         ///< the call's deadline
    malformed,
    header_too_large,
    body_too_large,
    cut,     ///< the connection ended in the middle of the response
    silent,  ///< the connection ended before any byte of a response
};

/// All that is known of an exchange when it is over.
struct ExchangeFacts {
    bool reused = false;   ///< the connection had carried another exchange before
    bool written = false;  ///< the system took the whole request
    bool heard = false;    ///< at least one byte came
    /// The server had not acknowledged the whole request when it first spoke or closed.
    bool unacknowledged = false;
    bool complete = false;  ///< a final response is there
    bool foreign = false;   ///< it carries the id of another request
    bool closed = false;    ///< the peer closed in an orderly way
    bool stopped = false;   ///< the program stops
    Watchdog::Expired expired = Watchdog::Expired::no;
    ParseFault fault = ParseFault::none;
    Duration waited{};  ///< from the last byte of the request to the end
};

struct ExchangeEnd {
    Ending ending = Ending::silent;
    Sent sent = Sent::no;
    bool send_again = false;  ///< at once, over a new connection

    bool operator==(const ExchangeEnd&) const = default;
};

/// A model needs longer than this to do anything that costs money, so an end within it was not of the request's making.
inline constexpr Duration too_short_for_work = std::chrono::milliseconds(50);

/// Whose response it is, how far the request got, and whether it is sent again at once.
///
/// Only what failed on a reused connection is sent again: on a new one nothing can be left from another request.
/// A response on a reused connection is not this request's when it began before the server had all of the request.
[[nodiscard]] ExchangeEnd end_of(const ExchangeFacts& facts);

/// How a failure of that kind is reported.
[[nodiscard]] FailureKind failure_kind(Ending ending);

}  // namespace prelabel::http
