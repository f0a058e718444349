#include "http/exchange_end.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using Expired = Watchdog::Expired;

struct Row {
    const char* what;
    ExchangeFacts facts;
    ExchangeEnd end;
};

constexpr Duration soon = milliseconds(2);
constexpr Duration later = std::chrono::seconds(3);

// On a connection that carries its first exchange nothing is sent again.
const std::vector<Row> first_exchange{
    {"a response",
     {.written = true, .heard = true, .complete = true, .waited = later},
     {Ending::answered, Sent::answered}},
    {"a response in a moment",
     {.written = true, .heard = true, .complete = true, .waited = soon},
     {Ending::answered, Sent::answered}},
    {"a refusal before the request was read",
     {.heard = true, .unacknowledged = true, .complete = true},
     {Ending::answered, Sent::answered}},
    {"the response just before the program stops",
     {.written = true, .heard = true, .complete = true, .stopped = true},
     {Ending::answered, Sent::answered}},
    {"another request's response, so a proxy mixes them up",
     {.written = true, .heard = true, .complete = true, .foreign = true},
     {Ending::foreign, Sent::unknown}},
    {"a close at once", {.written = true, .waited = soon}, {Ending::silent, Sent::unknown}},
    {"a close by a server that did not have the request",
     {.written = true, .unacknowledged = true, .closed = true, .waited = soon},
     {Ending::silent, Sent::no}},
    {"a write that failed", {}, {Ending::silent, Sent::no}},
    {"a write that failed after an answer had begun", {.heard = true}, {Ending::cut, Sent::unknown}},
    {"half a response", {.written = true, .heard = true, .fault = ParseFault::truncated}, {Ending::cut, Sent::unknown}},
    {"no HTTP", {.written = true, .heard = true, .fault = ParseFault::malformed}, {Ending::malformed, Sent::unknown}},
    {"a header too large",
     {.written = true, .heard = true, .fault = ParseFault::header_too_large},
     {Ending::header_too_large, Sent::unknown}},
    {"a body too large",
     {.written = true, .heard = true, .fault = ParseFault::body_too_large},
     {Ending::body_too_large, Sent::unknown}},
    {"silence", {.written = true, .expired = Expired::total, .waited = later}, {Ending::late, Sent::unknown}},
    {"a stall", {.written = true, .heard = true, .expired = Expired::idle}, {Ending::idle, Sent::unknown}},
    {"no room to write", {.expired = Expired::total, .waited = later}, {Ending::late, Sent::no}},
    {"the program stops", {.written = true, .stopped = true}, {Ending::stopped, Sent::unknown}},
    {"the program stops before the request is written", {.stopped = true}, {Ending::stopped, Sent::no}},
};

const std::vector<Row> later_exchange{
    {"a response",
     {.reused = true, .written = true, .heard = true, .complete = true, .waited = soon},
     {Ending::answered, Sent::answered}},
    {"a response before the server had all of the request, and it has it now",
     {.reused = true, .written = true, .heard = true, .unacknowledged = true, .complete = true},
     {.ending = Ending::out_of_turn, .sent = Sent::unknown, .send_again = true}},
    {"half of such a response",
     {.reused = true, .written = true, .heard = true, .unacknowledged = true},
     {.ending = Ending::out_of_turn, .sent = Sent::unknown, .send_again = true}},
    {"a response before all of the request was written",
     {.reused = true, .heard = true, .unacknowledged = true},
     {.ending = Ending::out_of_turn, .sent = Sent::no, .send_again = true}},
    {"another request's response",
     {.reused = true, .written = true, .heard = true, .complete = true, .foreign = true, .waited = later},
     {.ending = Ending::foreign, .sent = Sent::unknown, .send_again = true}},
    {"a close at once: too soon for work, but who knows",
     {.reused = true, .written = true, .closed = true, .waited = soon},
     {.ending = Ending::silent, .sent = Sent::unknown, .send_again = true}},
    {"a reset at once",
     {.reused = true, .written = true, .waited = soon},
     {.ending = Ending::silent, .sent = Sent::unknown, .send_again = true}},
    {"a close after a while: it may have worked",
     {.reused = true, .written = true, .closed = true, .waited = later},
     {.ending = Ending::silent, .sent = Sent::unknown, .send_again = false}},
    {"a close that crossed with the request, noticed late",
     {.reused = true, .written = true, .unacknowledged = true, .closed = true, .waited = later},
     {.ending = Ending::silent, .sent = Sent::no, .send_again = true}},
    {"a write that failed",
     {.reused = true, .waited = later},
     {.ending = Ending::silent, .sent = Sent::no, .send_again = true}},
    {"half a response",
     {.reused = true, .written = true, .heard = true, .fault = ParseFault::truncated, .waited = soon},
     {Ending::cut, Sent::unknown}},
    {"silence",
     {.reused = true, .written = true, .expired = Expired::total, .waited = later},
     {Ending::late, Sent::unknown}},
    {"no room to write", {.reused = true, .expired = Expired::total, .waited = later}, {Ending::late, Sent::no}},
    {"the program stops", {.reused = true, .stopped = true}, {Ending::stopped, Sent::no}},
};

TEST(ExchangeEnd, OnANewConnectionNothingIsSentAgain) {
    for (const Row& row : first_exchange) {
        const ExchangeEnd end = end_of(row.facts);
        EXPECT_EQ(end.ending, row.end.ending) << row.what;
        EXPECT_EQ(end.sent, row.end.sent) << row.what;
        EXPECT_FALSE(end.send_again) << row.what;
    }
}

TEST(ExchangeEnd, OnAReusedConnectionWhatFailedForItsSakeIsSentAgain) {
    for (const Row& row : later_exchange) {
        const ExchangeEnd end = end_of(row.facts);
        EXPECT_EQ(end.ending, row.end.ending) << row.what;
        EXPECT_EQ(end.sent, row.end.sent) << row.what;
        EXPECT_EQ(end.send_again, row.end.send_again) << row.what;
    }
}

// Every combination of the facts that can be named: the rules that money and labels depend on.
TEST(ExchangeEnd, NeverSendsAgainUnseenAndNeverAnswersOutOfTurn) {
    for (unsigned bits = 0; bits < 256; ++bits) {
        for (const Expired expired : {Expired::no, Expired::idle, Expired::total}) {
            for (const Duration waited : {soon, later}) {
                const auto has = [bits](unsigned bit) { return (bits >> bit & 1U) != 0; };
                const ExchangeFacts facts{.reused = has(0),
                                          .written = has(1),
                                          .heard = has(2) || has(4),
                                          .unacknowledged = has(3),
                                          .complete = has(4),
                                          .foreign = has(5),
                                          .closed = has(6),
                                          .stopped = has(7),
                                          .expired = expired,
                                          .waited = waited};
                const ExchangeEnd end = end_of(facts);
                if (end.ending == Ending::answered) {
                    EXPECT_TRUE(facts.complete && !facts.foreign) << bits;
                    EXPECT_FALSE(facts.reused && facts.unacknowledged) << bits;
                    EXPECT_FALSE(end.send_again) << bits;
                }
                EXPECT_TRUE(!end.send_again || (facts.reused && expired == Expired::no && !facts.stopped)) << bits;
                EXPECT_TRUE(end.sent != Sent::no || !facts.written || (facts.unacknowledged && facts.closed)) << bits;
            }
        }
    }
}

}  // namespace
}  // namespace prelabel::http
