#include <prelabel/kafka/settings.hpp>

#include <array>
#include <cstdio>
#include <random>
#include <unistd.h>

namespace prelabel::kafka {

std::string default_instance() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0 || host.front() == '\0') host = {'h', 'o', 's', 't'};
    std::random_device device;
    std::array<char, 12> suffix{};
    std::snprintf(suffix.data(), suffix.size(), "-%08x", static_cast<unsigned>(device()));
    return std::string(host.data()) + suffix.data();
}

}  // namespace prelabel::kafka
