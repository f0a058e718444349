#include "files/code_points.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>

namespace prelabel::files {

CodePoints::CodePoints(std::string_view text) : text_(text) {
    for (std::size_t byte = 0; byte < text.size(); byte += utf8::decode(text, byte).bytes)
        if (size_++ % step == 0) bytes_.push_back(byte);
}

std::size_t CodePoints::byte_of(std::size_t code_point) const {
    if (code_point >= size_) return text_.size();
    std::size_t byte = bytes_[code_point / step];
    for (auto rest = code_point % step; rest > 0; --rest) byte += utf8::decode(text_, byte).bytes;
    return byte;
}

std::string_view CodePoints::piece(std::size_t start, std::size_t end) const {
    const auto begin = byte_of(start);
    return text_.substr(begin, byte_of(std::max(start, end)) - begin);
}

}  // namespace prelabel::files
