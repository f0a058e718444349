#include "app/colour.hpp"

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace prelabel::app {

bool in_colour(Colour wanted, int descriptor) {
    if (wanted != Colour::automatic) return wanted == Colour::always;
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string_view(value == nullptr ? "" : value);
    };
    return ::isatty(descriptor) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

}  // namespace prelabel::app
