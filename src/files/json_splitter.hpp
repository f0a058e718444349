#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace prelabel::files {

/// Finds where the values of a JSON file begin and end: the elements of a list, or values one after the other. It looks
/// at brackets and quotes only; whether a value is JSON is for who reads it.
/// Fed byte by byte, so that a file may come in any pieces.
class JsonSplitter {
public:
    enum class Found : std::uint8_t {
        nothing,  ///< between values, or inside of one
        begin,    ///< this byte is a value's first
        end,      ///< this byte is a value's last
        ended,    ///< the value ended before this byte: feed it again
        wrong,    ///< this byte cannot stand here
    };

    [[nodiscard]] Found feed(char c);

    [[nodiscard]] bool inside() const { return where_ == Where::nested || where_ == Where::plain; }
    /// A list that was not closed yet.
    [[nodiscard]] bool in_list() const { return list_ && where_ != Where::behind; }
    /// What should have come where nothing was found.
    [[nodiscard]] std::string_view expected() const;

private:
    enum class Where : std::uint8_t {
        start,    ///< nothing but white space so far
        element,  ///< a value must follow, or `]` in an empty list
        comma,    ///< `,` or `]` must follow
        nested,   ///< in an object, a list or a string
        plain,    ///< in a number or a word
        behind,   ///< the list: white space only
    };

    [[nodiscard]] Found begin(char c);
    [[nodiscard]] Found end();
    [[nodiscard]] Found inside_value(char c);

    Where where_ = Where::start;
    bool list_ = false;
    bool empty_ = true;  ///< no value so far
    bool in_string_ = false;
    bool escaped_ = false;
    std::size_t depth_ = 0;
};

}  // namespace prelabel::files
