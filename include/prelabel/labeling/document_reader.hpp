#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/labeling/document.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prelabel::labeling {

enum class InputFormat {
    json,  ///< the record's value is a JSON object that holds the text
    text,  ///< the record's value is the text
};
constexpr auto enum_names(InputFormat) {
    return std::to_array<EnumName<InputFormat>>({
        {InputFormat::json, "json"},
        {InputFormat::text, "text"},
    });
}

/// Where a document stands in an input record. Pointers are RFC 6901 JSON Pointers into the value.
struct InputSettings {
    InputFormat format = InputFormat::json;
    std::string text = "/text";
    std::string id = "/id";
    std::size_t text_bytes_max = 4U << 20;  ///< a longer text is too_large
    PassThrough pass{};
    std::size_t metadata_bytes_max = 1'000'000;  ///< more of it is too_large: no record could hold it
};

/// Why a record holds no document. `problem` never carries document text.
struct Unreadable {
    bool too_large = false;  ///< otherwise malformed
    std::string problem;
};

/// Finds the document in a record.
///
/// A missing id becomes the record's key, and without a key `topic/partition/offset`. An integer id becomes its digits.
/// Refused: not JSON, no or empty text, text that is not a string, invalid UTF-8, U+0000, depth beyond 128, and a text
/// or id that stands twice, because readers of duplicate keys disagree on which one counts.
/// Cost: one SAX pass, no document tree; a second one where something passes through.
class DocumentReader {
public:
    /// The pointers must be valid (`valid_pointer`).
    explicit DocumentReader(InputSettings settings);

    [[nodiscard]] std::variant<Document, Unreadable> read(const Record& record) const;

    [[nodiscard]] static bool valid_pointer(std::string_view pointer);

private:
    [[nodiscard]] std::variant<Document, Unreadable> read_json_value(const std::string& value) const;

    InputSettings settings_;
    std::vector<std::string> text_path_;
    std::vector<std::string> id_path_;
    MetadataPicker picker_;
};

}  // namespace prelabel::labeling
