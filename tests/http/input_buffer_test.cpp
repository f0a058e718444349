#include "http/input_buffer.hpp"

#include <string>

#include <gtest/gtest.h>

namespace prelabel::http {
namespace {

void fill(InputBuffer& buffer, std::size_t bytes) {
    while (buffer.unread().size() < bytes) {
        const auto room = buffer.room();
        const std::size_t count = std::min(room.size(), bytes - buffer.unread().size());
        std::fill_n(room.begin(), count, 'x');
        buffer.came(count);
    }
}

TEST(InputBuffer, GrowsOnlyWhileNothingIsTaken) {
    InputBuffer buffer;
    for (int i = 0; i < 1'000; ++i) {
        fill(buffer, InputBuffer::bytes_initial);
        buffer.consume(InputBuffer::bytes_initial);
    }
    EXPECT_EQ(buffer.capacity(), InputBuffer::bytes_initial);
    fill(buffer, 64U << 10);
    EXPECT_EQ(buffer.unread(), std::string(64U << 10, 'x'));
    EXPECT_LE(buffer.capacity(), 128U << 10);
}

TEST(InputBuffer, GivesBackWhatALargeMessageNeeded) {
    InputBuffer buffer;
    fill(buffer, 64U << 10);
    buffer.shrink();
    EXPECT_EQ(buffer.unread().size(), 64U << 10) << "not while it is needed";
    buffer.consume(64U << 10);
    buffer.shrink();
    EXPECT_EQ(buffer.capacity(), 0U);
    fill(buffer, 10);
    buffer.consume(10);
    buffer.shrink();
    EXPECT_EQ(buffer.capacity(), InputBuffer::bytes_initial) << "the usual size stays";
}

}  // namespace
}  // namespace prelabel::http
