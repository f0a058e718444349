#include "http/request_id.hpp"

namespace prelabel::http {
namespace {

// xxxxxxxx-xxxx-4xxx-8nnn-nnnnnnnnnnnn
constexpr std::size_t client_bytes = 19;
constexpr std::string_view digits = "0123456789abcdef";

void write_hex(std::uint64_t number, std::string& text, std::size_t begin, std::size_t end) {
    for (std::size_t at = end; at-- > begin;) {
        if (text[at] == '-') continue;
        text[at] = digits[number & 0xf];
        number >>= 4U;
    }
}

}  // namespace

RequestIds::RequestIds(std::uint64_t client) : text_("00000000-0000-4000-8000-000000000000") {
    write_hex(client, text_, 0, 13);
    write_hex(client >> 48U, text_, 15, 18);
}

const std::string& RequestIds::next() {
    write_hex(++count_, text_, 20, bytes);
    return text_;
}

bool is_of_another_request(std::string_view echoed, std::string_view own) {
    return echoed.size() == own.size() && echoed.substr(0, client_bytes) == own.substr(0, client_bytes) &&
           echoed != own;
}

}  // namespace prelabel::http
