#pragma once

#include <prelabel/http/header_fields.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace prelabel::http {

enum class ParseFault { none, malformed, truncated, header_too_large, body_too_large };

/// What a parser found. Everything but `body` is there once the header is done.
struct Message {
    std::string method;    ///< requests
    std::string target;    ///< requests
    unsigned status = 0;   ///< responses
    int version = 11;      ///< 10 or 11
    HeaderFields headers;  ///< trailer fields are dropped
    std::string body;      ///< without transfer encoding
};

/// Reads HTTP/1.x messages from a stream of bytes, one after the other. The only way to Beast.
///
///   start → feed, feed … → header_done → feed … → done → start
///
/// Bound:  header and body bytes as given; beyond them, fault().   Errors: fault(), for good until start().
/// Source: RFC 9112.
class MessageParser {
public:
    enum class Kind { request, response };
    struct Limits {
        std::size_t header_bytes_max;
        std::size_t body_bytes_max;
    };

    MessageParser(Kind kind, Limits limits);
    ~MessageParser();

    /// Forgets the last message and its fault; buffers keep their memory.
    void start();
    /// Parses as much as it can and says how many bytes it needs no more. Feed the rest again with what follows.
    [[nodiscard]] std::size_t feed(std::string_view bytes);
    /// The peer will send no more: completes a response without length, makes anything else a fault.
    void end_of_stream();

    [[nodiscard]] bool header_done() const { return header_done_; }
    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] ParseFault fault() const { return fault_; }
    /// What was wrong, for people, without any byte of the message.
    [[nodiscard]] const std::string& fault_reason() const { return fault_reason_; }
    /// Whether the connection can carry another message. Needs header_done().
    [[nodiscard]] bool keep_alive() const { return keep_alive_; }
    [[nodiscard]] Message& message() { return message_; }

private:
    struct Impl;

    template <class Parser>
    std::size_t feed_to(Parser& parser, std::string_view bytes);

    Kind kind_;
    Limits limits_;
    Message message_;
    bool header_done_ = false;
    bool done_ = false;
    bool keep_alive_ = false;
    ParseFault fault_ = ParseFault::none;
    std::string fault_reason_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::http
