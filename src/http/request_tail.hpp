#pragma once

#include "http/request_id.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace prelabel::http {

inline constexpr std::string_view id_header = "X-Request-Id";
/// OpenAI's, which its support can look a lost call up by.
inline constexpr std::string_view client_id_header = "X-Client-Request-Id";

/// The end of a request's header, which no two requests share: ids, length and the empty line.
class RequestTail {
public:
    RequestTail(const std::string& id, std::size_t body_bytes) {
        for (const std::string_view name : {id_header, client_id_header}) {
            add(name);
            add(": ");
            id_at_ = end_;
            add(id);
            add("\r\n");
        }
        add("Content-Length: ");
        end_ = static_cast<std::size_t>(
            std::to_chars(bytes_.data() + end_, bytes_.data() + bytes_.size(), body_bytes).ptr - bytes_.data());
        add("\r\n\r\n");
    }

    [[nodiscard]] boost::asio::const_buffer buffer() const { return boost::asio::buffer(bytes_.data(), end_); }
    [[nodiscard]] std::string_view id() const { return {bytes_.data() + id_at_, RequestIds::bytes}; }

private:
    void add(std::string_view text) { end_ += text.copy(bytes_.data() + end_, bytes_.size() - end_); }

    std::array<char, 192> bytes_;
    std::size_t id_at_ = 0;
    std::size_t end_ = 0;
};

}  // namespace prelabel::http
