// The only unit that includes Beast: it compiles slowly, and its types stay here. Nothing else of Beast's is used, so
// its own code is left inline instead of compiled apart.
#include "http/message_parser.hpp"

#include <algorithm>
#include <optional>

#include <boost/beast/http/basic_parser.hpp>

namespace prelabel::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::error_code;

// A peer's promise of length is not worth memory before the bytes come.
constexpr std::uint64_t reserved_bytes_max = 256U << 10;

/// Beast's parser, writing into a Message. HTTP/1.0 and 1.1.
template <bool is_request>
class Parser final : public beast::http::basic_parser<is_request> {
public:
    Parser(Message& message, MessageParser::Limits limits) : message_(message) {
        this->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.header_bytes_max, 1U << 30)));
        this->body_limit(limits.body_bytes_max);
        this->eager(true);
    }

private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                         BeastError&) override {
        message_.version = version;
        message_.method.assign(method.data(), method.size());
        message_.target.assign(target.data(), target.size());
    }
    void on_response_impl(int status, beast::string_view, int version, BeastError&) override {
        message_.version = version;
        message_.status = static_cast<unsigned>(status);
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, BeastError&) override {
        if (this->is_header_done()) return;
        message_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
    }
    void on_header_impl(BeastError&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, BeastError&) override {
        if (length) message_.body.reserve(static_cast<std::size_t>(std::min(*length, reserved_bytes_max)));
    }
    std::size_t on_body_impl(beast::string_view body, BeastError&) override {
        message_.body.append(body.data(), body.size());
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, BeastError&) override {
        message_.body.append(body.data(), body.size());
        return body.size();
    }
    void on_finish_impl(BeastError&) override {}

    Message& message_;
};

ParseFault fault_of(const BeastError& code) {
    using beast::http::error;
    if (code == error::header_limit) return ParseFault::header_too_large;
    if (code == error::body_limit) return ParseFault::body_too_large;
    if (code == error::partial_message || code == error::end_of_stream) return ParseFault::truncated;
    return ParseFault::malformed;
}

}  // namespace

struct MessageParser::Impl {
    std::optional<Parser<true>> request;
    std::optional<Parser<false>> response;
};

MessageParser::MessageParser(Kind kind, Limits limits) : kind_(kind), limits_(limits), impl_(std::make_unique<Impl>()) {
    start();
}

MessageParser::~MessageParser() = default;

void MessageParser::start() {
    message_.headers.clear();
    message_.body.clear();
    header_done_ = done_ = keep_alive_ = false;
    fault_ = ParseFault::none;
    if (kind_ == Kind::request) {
        impl_->request.emplace(message_, limits_);
    } else {
        impl_->response.emplace(message_, limits_);
    }
}

std::size_t MessageParser::feed(std::string_view bytes) {
    if (done_ || fault_ != ParseFault::none || bytes.empty()) return 0;
    return kind_ == Kind::request ? feed_to(*impl_->request, bytes) : feed_to(*impl_->response, bytes);
}

template <class Parser>
std::size_t MessageParser::feed_to(Parser& parser, std::string_view bytes) {
    BeastError error;
    std::size_t used = 0;
    // Eager parsing still stops at a chunk's end now and then; only need_more means that it is stuck.
    while (used < bytes.size() && !error && !parser.is_done()) {
        used += parser.put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
    }
    if (!header_done_ && parser.is_header_done()) {
        header_done_ = true;
        keep_alive_ = parser.keep_alive();
    }
    done_ = parser.is_done();
    if (error == beast::http::error::need_more) {
        // Beast bounds the header but neither a chunk's extensions nor the trailer.
        if (header_done_ && bytes.size() - used > limits_.header_bytes_max) {
            fault_ = ParseFault::header_too_large;
            fault_reason_ = "chunk header or trailer too large";
        }
    } else if (error) {
        fault_ = fault_of(error);
        fault_reason_ = error.message();
    }
    return used;
}

void MessageParser::end_of_stream() {
    if (done_ || fault_ != ParseFault::none) return;
    BeastError error = beast::http::error::partial_message;
    if (header_done_ && kind_ == Kind::response) impl_->response->put_eof(error);
    done_ = !error;
    if (error) {
        fault_ = fault_of(error);
        fault_reason_ = "the connection closed in the middle of the message";
    }
}

}  // namespace prelabel::http
