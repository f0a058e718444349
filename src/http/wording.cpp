#include "http/wording.hpp"

#include <cctype>

namespace prelabel::http {

std::string to_text(Duration duration) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
    return ms % 1'000 == 0 ? std::to_string(ms / 1'000) + " s" : std::to_string(ms) + " ms";
}

std::string reason(const boost::system::error_code& error) {
    std::string text = error.message();
    // "Connection refused" but not "SSL alert".
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    }
    return text;
}

}  // namespace prelabel::http
