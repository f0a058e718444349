#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace prelabel::http {

/// Bytes that came and are not parsed yet, in one piece. Kept over the messages of a connection.
/// Bound: it grows only while nothing can be parsed, so to the parser's header limit and one read.
class InputBuffer {
public:
    static constexpr std::size_t bytes_initial = 8U << 10;

    /// Room for at least one byte after what is there. Invalidates unread().
    [[nodiscard]] std::span<char> room() {
        if (begin_ == end_) begin_ = end_ = 0;
        if (end_ == capacity_) make_room();
        return {bytes_.get() + end_, capacity_ - end_};
    }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    void came(std::size_t bytes) { end_ += bytes; }
    [[nodiscard]] std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
    void consume(std::size_t bytes) { begin_ += bytes; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    /// What a large message needed is not kept. Only when empty.
    void shrink() {
        if (capacity_ <= bytes_initial || !empty()) return;
        bytes_.reset();
        begin_ = end_ = capacity_ = 0;
    }

private:
    void make_room() {
        const std::size_t kept = end_ - begin_;
        if (begin_ >= capacity_ / 2 && begin_ > 0) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, kept);
        } else {
            capacity_ = std::max(bytes_initial, capacity_ * 2);
            auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
            if (kept > 0) std::memcpy(larger.get(), bytes_.get() + begin_, kept);
            bytes_ = std::move(larger);
        }
        begin_ = 0;
        end_ = kept;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace prelabel::http
