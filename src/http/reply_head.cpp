#include "http/reply_head.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace prelabel::http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 25> phrases{{{200, "OK"},
                                                                    {201, "Created"},
                                                                    {202, "Accepted"},
                                                                    {204, "No Content"},
                                                                    {301, "Moved Permanently"},
                                                                    {302, "Found"},
                                                                    {304, "Not Modified"},
                                                                    {307, "Temporary Redirect"},
                                                                    {400, "Bad Request"},
                                                                    {401, "Unauthorized"},
                                                                    {402, "Payment Required"},
                                                                    {403, "Forbidden"},
                                                                    {404, "Not Found"},
                                                                    {405, "Method Not Allowed"},
                                                                    {408, "Request Timeout"},
                                                                    {409, "Conflict"},
                                                                    {413, "Content Too Large"},
                                                                    {421, "Misdirected Request"},
                                                                    {422, "Unprocessable Content"},
                                                                    {429, "Too Many Requests"},
                                                                    {431, "Request Header Fields Too Large"},
                                                                    {500, "Internal Server Error"},
                                                                    {502, "Bad Gateway"},
                                                                    {503, "Service Unavailable"},
                                                                    {504, "Gateway Timeout"}}};

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

}  // namespace

std::string_view reason_phrase(int status) {
    for (const auto& [code, phrase] : phrases) {
        if (code == status) return phrase;
    }
    return {};
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void write_reply_head(const ServerReply& reply, int version, bool keep_alive, std::string& out) {
    out = "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(reply.status));
    out += ' ';
    out += reason_phrase(reply.status);
    out += "\r\n";
    if (has_body(reply.status)) {
        if (!reply.content_type.empty()) append_field(out, "Content-Type", reply.content_type);
        out += "Content-Length: ";
        append_number(out, reply.body.size());
        out += "\r\n";
    }
    if (!keep_alive) {
        append_field(out, "Connection", "close");
    } else if (version == 10) {
        append_field(out, "Connection", "keep-alive");
    }
    for (const Header& header : reply.headers) append_field(out, header.name, header.value);
    out += "\r\n";
}

}  // namespace prelabel::http
