#include "files/line_reader.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::size_t chunk_bytes = 64U << 10;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(ByteSource source, std::size_t line_bytes_max)
    : source_(std::move(source)), line_bytes_max_(line_bytes_max) {}

bool LineReader::would_block() const {
    if (ended_ || buffer_.find('\n', scanned_) != std::string::npos) return false;
    return source_.would_block();
}

Result<> LineReader::fill() {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    const auto held = buffer_.size();
    buffer_.resize(held + chunk_bytes);
    const auto count = source_.read(buffer_.data() + held, chunk_bytes);
    buffer_.resize(held + (count ? *count : 0));
    if (!count) return count.error();
    ended_ = *count == 0;
    bytes_read_ += *count;
    return {};
}

Line LineReader::line_of(std::string_view raw) {
    Line line;
    line.number = ++number_;
    std::size_t ending = 0;
    if (raw.ends_with('\n')) ending = raw.ends_with("\r\n") ? 2 : 1;
    line.text = raw.substr(0, raw.size() - ending);
    line.ending = raw.substr(raw.size() - ending);
    if (std::exchange(cutting_, false)) {
        line.text = cut_;
        line.cut = true;
    }
    if (number_ == 1 && line.text.starts_with(byte_order_mark)) line.text.remove_prefix(byte_order_mark.size());
    return line;
}

Result<std::optional<Line>> LineReader::next() {
    while (true) {
        const auto newline = buffer_.find('\n', scanned_);
        const bool complete = newline != std::string::npos;
        const auto end = complete ? newline + 1 : buffer_.size();
        scanned_ = end;
        if (!cutting_ && end - begin_ > line_bytes_max_ + 2) {
            cutting_ = true;
            cut_.assign(buffer_, begin_, std::min(kept_of_cut_line, line_bytes_max_));
        }
        if (complete || (ended_ && (end > begin_ || cutting_))) {
            const auto raw = std::string_view(buffer_).substr(begin_, end - begin_);
            begin_ = end;
            return line_of(raw);
        }
        if (ended_) return std::nullopt;
        if (cutting_) begin_ = end;  // the rest of the line is dropped chunk by chunk
        if (const auto filled = fill(); !filled) return filled.error();
    }
}

}  // namespace prelabel::files
