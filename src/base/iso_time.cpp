#include <prelabel/base/iso_time.hpp>

namespace prelabel {

std::string iso_8601(WallTime at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(at - day);
    std::string out = "0000-00-00T00:00:00.000Z";
    const auto put = [&out](std::size_t at_digit, std::size_t digits, std::int64_t value) {
        for (std::size_t i = at_digit + digits; i-- > at_digit; value /= 10)
            out[i] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, static_cast<int>(date.year()));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, time.hours().count());
    put(14, 2, time.minutes().count());
    put(17, 2, time.seconds().count());
    put(20, 3, time.subseconds().count());
    return out;
}

}  // namespace prelabel
