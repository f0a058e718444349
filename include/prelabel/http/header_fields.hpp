#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::http {

/// True if the names of two header fields are equal; the case of ASCII letters does not matter.
[[nodiscard]] bool same_name(std::string_view one, std::string_view other);

/// The header fields of one message, in order, in two blocks of memory.
class HeaderFields {
public:
    struct Field {
        std::string_view name;
        std::string_view value;
    };

    void add(std::string_view name, std::string_view value);
    void clear();
    /// First value with this name, in any case; empty if absent.
    [[nodiscard]] std::string_view find(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return places_.size(); }
    [[nodiscard]] Field operator[](std::size_t index) const;

private:
    struct Place {
        std::uint32_t begin;
        std::uint32_t name_bytes;
        std::uint32_t value_bytes;
    };
    std::string text_;
    std::vector<Place> places_;
};

}  // namespace prelabel::http
