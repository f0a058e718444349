#pragma once

#include <prelabel/base/little_endian.hpp>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace prelabel::journal {

/// Numbers as the journal's files hold them: little-endian, whatever the machine's order is.
template <class Number>
    requires std::is_integral_v<Number>
void append_number(std::string& out, Number number) {
    const auto bytes = little_endian(number);
    out.append(bytes.data(), bytes.size());
}

/// The bytes are there.
template <class Number>
[[nodiscard]] Number number_at(std::string_view bytes, std::size_t at) {
    std::uint64_t number = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) number = number << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    return static_cast<Number>(number);
}

/// Takes numbers and texts from the front of bytes. What is missing is zero or empty, and `failed` says so.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    template <class Number>
    [[nodiscard]] Number number() {
        if (bytes_.size() < sizeof(Number)) return fail(), Number{};
        const auto number = number_at<Number>(bytes_, 0);
        bytes_.remove_prefix(sizeof(Number));
        return number;
    }
    /// Behind its length.
    [[nodiscard]] std::string_view text() {
        const auto size = number<std::uint32_t>();
        if (bytes_.size() < size) return fail(), std::string_view();
        const auto text = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return text;
    }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return bytes_.empty(); }

private:
    void fail() {
        failed_ = true;
        bytes_ = {};
    }

    std::string_view bytes_;
    bool failed_ = false;
};

}  // namespace prelabel::journal
