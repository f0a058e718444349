#include "files/write_all.hpp"

#include <cerrno>
#include <cstddef>
#include <unistd.h>

namespace prelabel::files {

int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) return errno;
        if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

}  // namespace prelabel::files
