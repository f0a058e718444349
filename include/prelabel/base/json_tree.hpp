#pragma once

#include <prelabel/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace prelabel {

/// A value of a JSON text. A getter of another type than the value's gives none.
/// Lifetime: its tree's.   Cost: a pointer.
class JsonValue {
public:
    [[nodiscard]] bool is_null() const;
    [[nodiscard]] bool is_object() const;
    [[nodiscard]] bool is_list() const;
    [[nodiscard]] std::optional<std::string_view> text() const;
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    [[nodiscard]] std::optional<std::uint64_t> natural() const;  ///< a whole number from 0 on
    [[nodiscard]] std::optional<double> number() const;

    /// The member of an object; none if it is there twice, because readers disagree on which one counts.
    [[nodiscard]] std::optional<JsonValue> member(std::string_view name) const;
    /// Whether an object has such a member, once or more.
    [[nodiscard]] bool has(std::string_view name) const;
    /// Of a list; 0 for other types.
    [[nodiscard]] std::size_t size() const;
    /// The element of a list. `index` is below size().
    [[nodiscard]] JsonValue operator[](std::size_t index) const;

    /// The same place in the same tree.
    friend bool operator==(const JsonValue&, const JsonValue&) = default;

private:
    friend class JsonTree;
    explicit JsonValue(const void* value) : value_(value) {}

    const void* value_;
};

/// One JSON object, read strictly: valid UTF-8 outside and inside of escapes (no half surrogate pairs), no NUL byte,
/// no bytes behind it. A number beyond a double's range is no error, since it may not be needed; its getter gives none.
/// Bound: `depth_max` levels, kept while reading; memory is some ten times the text's.
class JsonTree {
public:
    static constexpr std::size_t depth_max = 128;

    /// Errors: Fault::input with the problem and its place, without any of the text: "is not JSON: … (byte 17)".
    [[nodiscard]] static Result<JsonTree> read_object(std::string_view text);
    JsonTree(JsonTree&&) noexcept;
    JsonTree& operator=(JsonTree&&) noexcept;
    ~JsonTree();

    [[nodiscard]] JsonValue root() const;

private:
    struct Document;
    explicit JsonTree(std::unique_ptr<Document> document);

    std::unique_ptr<Document> document_;
};

}  // namespace prelabel
