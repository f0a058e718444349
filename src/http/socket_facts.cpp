#include "http/socket_facts.hpp"

#include <cerrno>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace prelabel::http {

Heard heard(int descriptor) {
    char byte = 0;
    ssize_t count = 0;
    do {
        count = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count > 0) return Heard::bytes;
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? Heard::nothing : Heard::end;
}

std::size_t unacknowledged_bytes(int descriptor) {
    int bytes = 0;
    if (::ioctl(descriptor, SIOCOUTQ, &bytes) != 0) return 0;
    return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace prelabel::http
