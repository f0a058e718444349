#include "labeling/coordinates.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace prelabel::labeling {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080U;

/// Number of high bits; `word` has no others. std::popcount is a call on processors that are not promised to have it.
std::size_t count(std::uint64_t word) { return (word >> 7) * 0x0101010101010101U >> 56; }

/// Where we are in the text, in all three systems. Code points begin at bytes that are not 10xxxxxx; those that begin
/// with 1111xxxx take two UTF-16 units.
class Walker {
public:
    explicit Walker(std::string_view text) : text_(text) {}

    void advance_to(std::size_t at) {
        std::size_t continuation = 0;
        std::size_t astral = 0;
        const std::size_t bytes = at - utf8_;
        for (std::uint64_t word = 0; utf8_ + sizeof word <= at; utf8_ += sizeof word) {
            std::memcpy(&word, text_.data() + utf8_, sizeof word);
            if ((word & high_bits) == 0) continue;
            continuation += count(word & ~(word << 1) & high_bits);
            astral += count(word & (word << 1) & (word << 2) & (word << 3) & high_bits);
        }
        for (; utf8_ < at; ++utf8_) {
            const auto byte = static_cast<unsigned char>(text_[utf8_]);
            continuation += (byte & 0xC0) == 0x80;
            astral += byte >= 0xF0;
        }
        code_points_ += bytes - continuation;
        utf16_ += bytes - continuation + astral;
    }

    [[nodiscard]] std::size_t code_points() const { return code_points_; }
    [[nodiscard]] std::size_t utf16() const { return utf16_; }

private:
    std::string_view text_;
    std::size_t utf8_ = 0;
    std::size_t code_points_ = 0;
    std::size_t utf16_ = 0;
};

struct Mark {
    std::size_t utf8;
    std::size_t* code_points;
    std::size_t* utf16;
};

}  // namespace

void fill_coordinates(std::string_view text, std::vector<Entity>& entities) {
    std::vector<Mark> marks;
    marks.reserve(entities.size() * 2);
    for (Entity& entity : entities) {
        marks.push_back({entity.utf8.start, &entity.code_points.start, &entity.utf16.start});
        marks.push_back({entity.utf8.end, &entity.code_points.end, &entity.utf16.end});
    }
    std::ranges::sort(marks, {}, &Mark::utf8);
    Walker walker(text);
    for (const Mark& mark : marks) {
        walker.advance_to(mark.utf8);
        *mark.code_points = walker.code_points();
        *mark.utf16 = walker.utf16();
    }
}

}  // namespace prelabel::labeling
