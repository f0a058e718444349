#include "files/code_points.hpp"

#include "cpu_time.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace prelabel::files {
namespace {

/// What a piece is, by its definition.
std::string taken_one_by_one(const std::string& text, std::size_t start, std::size_t end) {
    std::string piece;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const auto bytes = utf8::decode(text, at).bytes;
        if (count >= start && count < end) piece += text.substr(at, bytes);
        at += bytes;
    }
    return piece;
}

TEST(CodePoints, FindsEveryPieceAlsoBehindTheEnd) {
    for (const std::size_t length : {0, 1, 5, 63, 64, 65, 130}) {
        std::string text;
        for (std::size_t i = 0; i < length; ++i) text += i % 3 == 0 ? "a" : i % 3 == 1 ? "ë" : "🎉";
        const CodePoints points(text);
        EXPECT_EQ(points.size(), length);
        for (std::size_t start = 0; start <= length + 2; ++start)
            for (std::size_t end = start; end <= length + 2; ++end)
                ASSERT_EQ(points.piece(start, end), taken_one_by_one(text, start, end)) << start << ' ' << end;
        EXPECT_EQ(points.piece(1, 0), "");
    }
}

TEST(CodePoints, APieceCostsTheSameWhereverItStands) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "ë";
    const CodePoints points(text);
    const auto seconds_at = [&](std::size_t place) {
        return cpu_seconds([&] {
            for (int times = 0; times < 10'000; ++times) EXPECT_EQ(points.piece(place, place + 1), "ë");
        });
    };
    EXPECT_LT(seconds_at(99'968), 10 * seconds_at(0));
}

}  // namespace
}  // namespace prelabel::files
