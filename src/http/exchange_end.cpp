#include "http/exchange_end.hpp"

namespace prelabel::http {
namespace {

using Expired = Watchdog::Expired;

Ending ending_of(const ExchangeFacts& facts) {
    if (facts.reused && facts.heard && facts.unacknowledged) return Ending::out_of_turn;
    if (facts.complete && facts.foreign) return Ending::foreign;
    if (facts.complete && facts.expired == Expired::no) return Ending::answered;
    if (facts.stopped) return Ending::stopped;
    if (facts.expired != Expired::no) return facts.expired == Expired::idle ? Ending::idle : Ending::late;
    switch (facts.fault) {
        case ParseFault::malformed:
            return Ending::malformed;
        case ParseFault::header_too_large:
            return Ending::header_too_large;
        case ParseFault::body_too_large:
            return Ending::body_too_large;
        case ParseFault::none:
        case ParseFault::truncated:
            break;
    }
    return facts.heard ? Ending::cut : Ending::silent;
}

Sent sent_of(const ExchangeFacts& facts, Ending ending) {
    if (ending == Ending::answered) return Sent::answered;
    // Bytes that are not this request's say nothing about it.
    if (!facts.written) return facts.heard && ending != Ending::out_of_turn ? Sent::unknown : Sent::no;
    // Its close does not acknowledge the request, so the server closed before it had the request.
    return ending == Ending::silent && facts.closed && facts.unacknowledged ? Sent::no : Sent::unknown;
}

}  // namespace

ExchangeEnd end_of(const ExchangeFacts& facts) {
    ExchangeEnd end;
    end.ending = ending_of(facts);
    end.sent = sent_of(facts, end.ending);
    const bool by_an_old_connection = end.ending == Ending::out_of_turn || end.ending == Ending::foreign ||
                                      (end.ending == Ending::silent && facts.waited <= too_short_for_work);
    end.send_again = facts.reused && !facts.stopped && (by_an_old_connection || end.sent == Sent::no) &&
                     facts.expired == Expired::no;
    return end;
}

FailureKind failure_kind(Ending ending) {
    switch (ending) {
        case Ending::idle:
        case Ending::late:
            return FailureKind::timed_out;
        case Ending::malformed:
        case Ending::header_too_large:
        case Ending::body_too_large:
            return FailureKind::malformed;
        case Ending::answered:
        case Ending::out_of_turn:
        case Ending::foreign:
        case Ending::stopped:
        case Ending::cut:
        case Ending::silent:
            break;
    }
    return FailureKind::connection;
}

}  // namespace prelabel::http
