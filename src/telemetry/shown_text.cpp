#include "telemetry/shown_text.hpp"

#include <prelabel/base/redaction.hpp>
#include <prelabel/base/utf8.hpp>

namespace prelabel::telemetry {

std::string shown_text(std::string_view text) {
    const std::string clean = redacted(text);
    std::string out;
    std::string_view rest = clean;
    while (const auto invalid = utf8::first_invalid(rest)) {
        out += rest.substr(0, *invalid);
        out += "\xEF\xBF\xBD";
        rest.remove_prefix(*invalid + 1);
    }
    return out.append(rest);
}

}  // namespace prelabel::telemetry
