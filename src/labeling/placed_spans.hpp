#pragma once

#include <prelabel/labeling/annotation.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// The spans that are taken so far. Any two are apart or one inside the other.
/// Cost: logarithmic, plus the spans that begin within the longest taken span before the asked one.
class PlacedSpans {
public:
    enum class Room {
        free,       ///< touches no taken span
        nested,     ///< inside a taken span, around one, or both
        crossing,   ///< begins in a taken span and ends outside, or the other way round
        taken,      ///< taken under another label
        duplicate,  ///< taken under this label
    };

    void reserve(std::size_t spans) { placed_.reserve(spans); }
    [[nodiscard]] Room room(Span span, std::string_view label) const;
    /// The span must have room. `label` is kept as a view.
    void place(Span span, std::string_view label);

private:
    struct Placed {
        Span span;
        std::string_view label;
    };
    std::vector<Placed> placed_;  // by start
    std::size_t longest_ = 0;
};

}  // namespace prelabel::labeling
