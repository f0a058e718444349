#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace prelabel::llm_sim {

/// An entity that truly stands in the document. Unit: bytes, half-open, on code point boundaries.
struct Sighting {
    std::string label;
    std::size_t start = 0;
    std::size_t end = 0;

    [[nodiscard]] std::string_view text_in(std::string_view document) const {
        return document.substr(start, end - start);
    }
    friend bool operator==(const Sighting&, const Sighting&) = default;
};

}  // namespace prelabel::llm_sim
