#include "files/json_splitter.hpp"
#include "files/line_reader.hpp"
#include "files/value_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::size_t white_space_kept = 64U << 10;
constexpr int chunks_at_once = 64;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class JsonValues final : public ValueReader {
public:
    JsonValues(ByteSource source, std::size_t bound) : source_(std::move(source)), bound_(bound) {}

    std::optional<Found> advance() override {
        if (!failed_ && !have_value())
            if (const auto filled = fill(); !filled) return filled.error();
        if (failed_) return *failed_;
        if (!found_ && !have_value()) return std::nullopt;
        if (failed_) return *failed_;
        if (!found_) return Found(std::nullopt);  // the end
        return Found(std::exchange(found_, std::nullopt));
    }

    Ahead look_ahead() override {
        for (int chunks = 0; !have_value(); ++chunks) {
            if (source_.would_block()) return Ahead::wait;
            if (chunks == chunks_at_once) return Ahead::busy;
            if (const auto filled = fill(); !filled) {
                failed_ = filled.error();
                return Ahead::ready;
            }
        }
        return Ahead::ready;
    }
    const PrefixHash& given() const override { return given_; }
    const ByteSource& source() const override { return source_; }

private:
    /// Goes through what was read until a value, an error or the end was found.
    [[nodiscard]] bool have_value() {
        if (found_ || failed_) return true;
        while (at_ < buffer_.size()) {
            const char c = buffer_[at_];
            const auto found = splitter_.feed(c);
            if (found == JsonSplitter::Found::wrong) {
                fail(line_, "expected " + std::string(splitter_.expected()) +
                                "; what comes before is labeled, what follows cannot be told apart");
                return true;
            }
            if (found == JsonSplitter::Found::begin) begin();
            if (found == JsonSplitter::Found::ended) return take_value();
            ++at_;
            if (c == '\n') ++line_;
            if (found == JsonSplitter::Found::end) return take_value();
        }
        drop_what_is_known();
        if (!source_.ended()) return false;
        if (splitter_.inside()) return take_value();  // also a number at the end of a file; what is cut off is no JSON
        if (splitter_.in_list()) fail(line_, "the list is not closed; was the file cut off?");
        return true;
    }

    void begin() {
        given_.add(std::string_view(buffer_).substr(hashed_, at_ - hashed_));
        hashed_ = at_;
        value_line_ = line_;
        value_bytes_ = 0;
        kept_.clear();
    }

    /// Of a value whose end was not read yet: what is beyond the bound.
    void drop_what_is_known() {
        const auto rest = std::string_view(buffer_).substr(hashed_);
        if (!splitter_.inside()) {
            // White space between values: it counts once a value follows.
            if (rest.size() > white_space_kept) {
                given_.add(rest);
                hashed_ = at_;
            }
            return;
        }
        if (value_bytes_ == 0 && rest.size() <= bound_) return;
        keep(rest);
    }

    void keep(std::string_view piece) {
        given_.add(piece);
        hashed_ = at_;
        if (kept_.size() < LineReader::kept_of_cut_line)
            kept_ += piece.substr(0, LineReader::kept_of_cut_line - kept_.size());
        value_bytes_ += piece.size();
    }

    bool take_value() {
        const auto rest = std::string_view(buffer_).substr(hashed_, at_ - hashed_);
        Value value;
        if (value_bytes_ == 0 && rest.size() <= bound_) {
            value.bytes = rest;
            given_.add(rest);
            hashed_ = at_;
            if (auto problem = encoding_problem(source_.path(), rest, value_line_)) value.problem = std::move(*problem);
        } else {
            keep(rest);
            value = unreadable(kept_, too_long(value_line_, bound_), true);
        }
        value.line = value_line_;
        if (splitter_.inside()) splitter_ = {};  // at the end of the file
        found_ = std::move(value);
        return true;
    }

    [[nodiscard]] Result<> fill() {
        buffer_.erase(0, hashed_);
        at_ -= hashed_;
        hashed_ = 0;
        if (const auto read = source_.append_to(buffer_); !read) return read.error();
        if (!began_ && buffer_.size() >= byte_order_mark.size()) {
            began_ = true;
            if (buffer_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
        }
        return {};
    }

    void fail(std::uint64_t line, const std::string& what) {
        failed_ = Error{Fault::input, source_.path() + ':' + std::to_string(line) + ": " + what};
    }

    ByteSource source_;
    std::size_t bound_;
    std::string buffer_;
    std::size_t at_ = 0;      ///< of the next byte to look at
    std::size_t hashed_ = 0;  ///< what stands before it is in given_
    bool began_ = false;
    std::uint64_t line_ = 1;
    JsonSplitter splitter_;
    std::uint64_t value_line_ = 0;
    std::size_t value_bytes_ = 0;  ///< that were dropped from the buffer
    std::string kept_;             ///< beginning of a value that is too long
    std::optional<Value> found_;
    std::optional<Error> failed_;
    PrefixHash given_;
};

}  // namespace

std::unique_ptr<ValueReader> make_json_values(ByteSource source, std::size_t bound) {
    return std::make_unique<JsonValues>(std::move(source), bound);
}

}  // namespace prelabel::files
