#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::labeling {

/// What of an input goes into the record's `metadata`.
struct PassThrough {
    bool all = false;                     ///< everything but the text and the id
    std::vector<std::string> pointers{};  ///< else these: RFC 6901 JSON Pointers

    [[nodiscard]] bool any() const { return all || !pointers.empty(); }
};

/// Makes the `metadata` of a record from an input value. Values keep their JSON types, numbers their digits; a number
/// that a double cannot hold is null, for the sake of what reads the record.
///
///   all        the object without its text and id
///   pointers   one member each, named by the last step of its pointer (`/customer/tier` is `tier`), or by all steps
///              where two end alike; null where the input has none, so that all records have the same members
///
/// Of members that stand twice the first one counts, so that what reads the record does not fail.
/// Cost: one SAX pass.
class MetadataPicker {
public:
    using Path = std::vector<std::string>;

    MetadataPicker(const PassThrough& pass, const Path& text, const Path& id);

    [[nodiscard]] bool any() const { return all_ || !picked_.empty(); }
    /// A JSON object. `json` is one valid value whose nesting is bounded, as DocumentReader has checked.
    [[nodiscard]] std::string pick(std::string_view json) const;
    /// The members that `pointers` become.
    [[nodiscard]] std::vector<std::string> names() const;

private:
    struct Picked {
        Path path;
        std::string name;
    };

    bool all_;
    std::vector<Path> left_out_;
    std::vector<Picked> picked_;
};

/// The steps of a valid JSON Pointer, unescaped.
[[nodiscard]] std::vector<std::string> split_pointer(std::string_view pointer);
/// The JSON Pointer to the top-level member with this name.
[[nodiscard]] std::string pointer_to(std::string_view name);

}  // namespace prelabel::labeling
