#pragma once

#include <cstddef>
#include <string_view>

namespace prelabel {

/// A handler gets a number's digits exactly up to this many. No number that we read is longer.
inline constexpr std::size_t number_digits_max = 300;

/// JSON text in which no number is out of a double's range: an exponent is shown as "0", a run of digits as its first
/// 300. RapidJSON refuses 1e309 as an error of the whole text, even if the number is not used.
class TamedNumbers {
public:
    using Ch = char;

    explicit TamedNumbers(std::string_view text) : text_(text) {}

    [[nodiscard]] Ch Peek() const {
        if (at_ == text_.size()) return '\0';
        return place_ == Place::exponent && is_digit(text_[at_]) ? '0' : text_[at_];
    }
    Ch Take() {
        const Ch shown = Peek();
        if (at_ < text_.size()) advance(text_[at_++]);
        while (at_ < text_.size() && is_digit(text_[at_]) && skips()) ++at_;
        return shown;
    }
    [[nodiscard]] std::size_t Tell() const { return at_; }

    // Only output streams need these; RapidJSON requires them of all streams.
    Ch* PutBegin() { return nullptr; }
    void Put(Ch) {}
    void Flush() {}
    std::size_t PutEnd(Ch*) { return 0; }

private:
    enum class Place { between, string, escape, digits, exponent };

    static bool is_digit(Ch c) { return c >= '0' && c <= '9'; }

    void advance(Ch c) {
        switch (place_) {
            case Place::string:
                if (c == '\\') place_ = Place::escape;
                if (c == '"') place_ = Place::between;
                return;
            case Place::escape:
                place_ = Place::string;
                return;
            case Place::digits:
            case Place::exponent:
            case Place::between:
                break;
        }
        if (is_digit(c)) {
            if (place_ == Place::between) place_ = Place::digits;
            ++digits_;
            return;
        }
        const bool exponent = place_ == Place::digits && (c == 'e' || c == 'E');
        const bool sign = place_ == Place::exponent && digits_ == 0 && (c == '+' || c == '-');
        digits_ = 0;
        if (!sign) place_ = exponent ? Place::exponent : Place::between;
        if (c == '"') place_ = Place::string;
    }
    [[nodiscard]] bool skips() const {
        return (place_ == Place::digits && digits_ >= number_digits_max) || (place_ == Place::exponent && digits_ > 0);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t digits_ = 0;  // of the run that is being read
    Place place_ = Place::between;
};

}  // namespace prelabel
