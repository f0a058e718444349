#include "files/line_reader.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::files {
namespace {

constexpr int chunks_at_once = 64;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(ByteSource source, std::size_t line_bytes_max)
    : source_(std::move(source)), line_bytes_max_(line_bytes_max) {}

bool LineReader::have_line() {
    if (!complete_ && scanned_ < buffer_.size()) {
        const auto newline = buffer_.find('\n', scanned_);
        complete_ = newline != std::string::npos;
        scanned_ = complete_ ? newline + 1 : buffer_.size();
        if (!cutting_ && scanned_ - begin_ > line_bytes_max_ + 2) {
            cutting_ = true;
            cut_.assign(buffer_, begin_, std::min(kept_of_cut_line, line_bytes_max_));
        }
        if (cutting_ && !complete_) {  // the rest of the line is dropped chunk by chunk
            given_.add(std::string_view(buffer_).substr(begin_));
            begin_ = scanned_;
        }
    }
    return complete_ || ended_;
}

Ahead LineReader::look_ahead() {
    for (int chunks = 0; !have_line(); ++chunks) {
        if (source_.would_block()) return Ahead::wait;
        if (chunks == chunks_at_once) return Ahead::busy;
        if (!fill()) return Ahead::ready;  // next() meets the failure again
    }
    return Ahead::ready;
}

Result<> LineReader::fill() {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    if (const auto read = source_.append_to(buffer_); !read) return read.error();
    ended_ = source_.ended();
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
    while (!have_line())
        if (const auto filled = fill(); !filled) return filled.error();
    const auto raw = std::string_view(buffer_).substr(begin_, scanned_ - begin_);
    if (raw.empty() && !cutting_) return std::nullopt;
    given_.add(raw);
    if (!complete_) given_.add("\n");
    begin_ = scanned_;
    complete_ = false;
    return line_of(raw);
}

}  // namespace prelabel::files
