#include "journal/frame.hpp"

#include "journal_world.hpp"

namespace prelabel::journal {
namespace {

using Look = FrameFormat::Look;
const Secret secret("a secret of this test");

Frame frame() { return {FrameKind::answer, WallTime(std::chrono::milliseconds(1'790'000'000'123)), key_of(7), "paid"}; }

TEST(Frame, IsReadAsItWasWritten) {
    const FrameFormat format(secret);
    const std::string bytes = format.encode(frame());
    EXPECT_EQ(bytes.size(), 64U) << "a multiple of eight";
    const auto seen = format.look(bytes);
    ASSERT_EQ(seen.look, Look::whole);
    EXPECT_EQ(seen.bytes, bytes.size());
    EXPECT_EQ(seen.frame.kind, FrameKind::answer);
    EXPECT_EQ(seen.frame.at, frame().at);
    EXPECT_EQ(seen.frame.key, key_of(7));
    EXPECT_EQ(seen.frame.payload, "paid");
}

TEST(Frame, SaysHowManyBytesItNeeds) {
    const FrameFormat format(secret);
    const std::string bytes = format.encode(frame());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto seen = format.look(std::string_view(bytes).substr(0, size));
        ASSERT_EQ(seen.look, Look::short_of_bytes);
        ASSERT_EQ(seen.bytes, size < FrameFormat::header_bytes ? FrameFormat::header_bytes : bytes.size());
    }
}

TEST(Frame, WithAnyBitChangedIsNone) {
    const FrameFormat format(secret);
    const std::string bytes = format.encode(frame());
    for (std::size_t bit = 0; bit < (FrameFormat::header_bytes + 4) * 8; ++bit) {
        std::string changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        ASSERT_NE(format.look(changed).look, Look::whole) << bit;
        ASSERT_NE(format.look(changed).look, Look::foreign) << bit;
    }
}

TEST(Frame, OfAnotherSecretIsNone) {
    const std::string bytes = FrameFormat(Secret("another")).encode(frame());
    EXPECT_EQ(FrameFormat(secret).look(bytes).look, Look::bad);
}

TEST(Frame, OfAKindOrVersionToComeIsPassedOver) {
    const FrameFormat format(secret);
    Frame newer = frame();
    newer.kind = static_cast<FrameKind>(9);
    const auto seen = format.look(format.encode(newer));
    EXPECT_EQ(seen.look, Look::foreign);
    EXPECT_EQ(seen.bytes, 64U);
}

TEST(Frame, IsFoundBehindWhatIsNone) {
    const FrameFormat format(secret);
    const std::string bytes = std::string(24, 'x') + format.encode(frame());
    EXPECT_EQ(format.next_marker(bytes, 1), 24U);
    EXPECT_EQ(format.next_marker(bytes, 24), 24U);
    EXPECT_GE(format.next_marker(bytes, 25), bytes.size() - 3);
}

}  // namespace
}  // namespace prelabel::journal
