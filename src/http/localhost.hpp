#pragma once

#include <string_view>

namespace prelabel::http {

/// Whether a host's name, in lower case, always means this machine: nobody is asked for its address, so it is the
/// same where no /etc/hosts has it, and nobody can have it lead elsewhere.   Source: RFC 6761, section 6.3.
[[nodiscard]] inline bool is_localhost(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace prelabel::http
