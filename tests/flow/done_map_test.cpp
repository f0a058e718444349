#include <prelabel/base/base64.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/flow/done_map.hpp>

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

constexpr Offset far_end = std::numeric_limits<Offset>::max();

DoneMap map_of(Offset next, const std::set<Offset>& done) {
    DoneMap map{next, {}};
    for (const Offset offset : done) {
        if (!map.runs.empty() && map.runs.back().end == offset)
            ++map.runs.back().end;
        else
            map.runs.push_back({offset, offset + 1});
    }
    return map;
}

/// A body with its right checksum: what only somebody who means harm would write.
std::string sealed(char kind, const std::string& body, Offset next) {
    std::string covered;
    for (int byte = 0; byte < 8; ++byte) covered += static_cast<char>(next >> 8 * byte);
    covered += kind + body;
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const unsigned char byte : covered) hash = (hash ^ byte) * 0x100000001B3U;
    const auto folded = static_cast<std::uint32_t>(hash ^ hash >> 32U);
    std::string bytes;
    for (unsigned byte = 0; byte < 4; ++byte) bytes += static_cast<char>(folded >> 8 * byte);
    return kind + to_base64(bytes + body);
}

bool well_formed(const DoneMap& map) {
    Offset at = map.next;
    for (const auto& run : map.runs) {
        const bool touches = &run != &map.runs.front() && run.first == at;
        if (run.first < at || touches || run.end <= run.first) return false;
        at = run.end;
    }
    return at - map.next <= DoneMap::span_max;
}

TEST(DoneMap, ReadsWhatItWritesForEverySmallMap) {
    for (unsigned bits = 0; bits < 1U << 14U; ++bits) {
        std::set<Offset> done;
        for (unsigned bit = 0; bit < 14; ++bit)
            if ((bits >> bit & 1U) != 0) done.insert(1'000 + bit);
        const DoneMap map = map_of(1'000, done);
        const auto text = map.encode();
        ASSERT_TRUE(text);
        ASSERT_EQ(DoneMap::decode(*text, 1'000), map) << *text;
    }
}

TEST(DoneMap, ReadsWhatItWritesForRandomMaps) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Rng rng(seed);
        const Offset next = static_cast<Offset>(rng.below(1ULL << 40U));
        const std::uint64_t distance_max = 1ULL << rng.below(15);
        std::set<Offset> done;
        for (Offset at = next; done.size() < 700; at += 1 + static_cast<Offset>(rng.below(distance_max)))
            if (rng.chance(0.6)) done.insert(at);
        const DoneMap map = map_of(next, done);
        const auto text = map.encode();
        ASSERT_TRUE(text) << "seed " << seed;
        ASSERT_EQ(DoneMap::decode(*text, next), map) << "seed " << seed;
    }
}

TEST(DoneMap, WritesTheSameTextInEveryVersion) {
    const DoneMap few{5, {{6, 8}, {10, 11}}};
    const DoneMap long_run{5, {{1'000, 250'000}}};
    EXPECT_EQ(few.encode(), "BWshcfiY");
    EXPECT_EQ(long_run.encode(), "Rktm/u+MHqJkP");
    EXPECT_EQ(DoneMap::decode(sealed('R', std::string("\x01\x02\x02\x01"), 5), 5), few) << "either kind is read";
    EXPECT_EQ(DoneMap::decode(sealed('B', "\x26", 5), 5), few);
}

TEST(DoneMap, IsNoTextWhenNothingIsDone) {
    EXPECT_EQ(DoneMap{}.encode(), "");
    EXPECT_EQ(DoneMap::decode("", 7), (DoneMap{7, {}}));
}

TEST(DoneMap, FitsWhateverIsDoneOfADenseWindow) {
    const auto every = [](Offset distance) {
        DoneMap map{40, {}};
        for (Offset offset = 40 + distance - 1; offset < 40 + DoneMap::dense_span_max; offset += distance)
            map.runs.push_back({offset, offset + 1});
        return map;
    };
    EXPECT_EQ(every(2).encode()->size(), DoneMap::text_bytes_max);
    EXPECT_EQ(every(2).runs.size(), 12'268U);
    EXPECT_EQ(DoneMap::decode(*every(2).encode(), 40), every(2));
    for (Offset distance = 3; distance < 200; ++distance) EXPECT_TRUE(every(distance).encode()) << distance;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Rng rng(seed);
        const double share = rng.uniform();
        std::set<Offset> done;
        for (Offset offset = 0; offset < DoneMap::dense_span_max; ++offset)
            if (rng.chance(share)) done.insert(offset);
        const auto text = map_of(0, done).encode();
        ASSERT_TRUE(text) << "seed " << seed;
        ASSERT_LE(text->size(), DoneMap::text_bytes_max);
    }
}

TEST(DoneMap, IsNoTextThatABrokerRefuses) {
    DoneMap map{0, {}};
    for (Offset offset = 1; offset <= DoneMap::dense_span_max + 1; offset += 2)
        map.runs.push_back({offset, offset + 1});
    EXPECT_EQ(map.encode(), std::nullopt) << "one more offset than there are bits";
    EXPECT_TRUE((DoneMap{0, {{DoneMap::span_max - 1, DoneMap::span_max}}}.encode()));
    EXPECT_EQ((DoneMap{0, {{DoneMap::span_max, DoneMap::span_max + 1}}}.encode()), std::nullopt);
}

TEST(DoneMapDeathTest, StopsRatherThanWriteARunBelowThePosition) {
    const DoneMap map{9, {{7, 8}}};
    EXPECT_DEATH(static_cast<void>(map.encode()), "runs are in order, above the position");
}

TEST(DoneMap, CoversWhatIsDoneInBoth) {
    struct Known {
        DoneMap map;
        unsigned done;  // a bit for each offset
    };
    std::vector<Known> all;
    for (Offset next = 0; next <= 3; ++next) {
        for (unsigned bits = 0; bits < 1U << 6U; ++bits) {
            const unsigned below = (1U << static_cast<unsigned>(next)) - 1;
            if ((bits & below) != below) continue;
            std::set<Offset> above;
            for (Offset offset = next; offset < 6; ++offset)
                if ((bits >> static_cast<unsigned>(offset) & 1U) != 0) above.insert(offset);
            all.push_back({map_of(next, above), bits});
        }
    }
    for (const auto& more : all)
        for (const auto& less : all)
            ASSERT_EQ(more.map.covers(less.map), (less.done & ~more.done) == 0) << more.done << " " << less.done;
}

TEST(DoneMap, CountsTheBytesOfANumber) {
    EXPECT_EQ(DoneMap::bytes_of(0), 1U);
    EXPECT_EQ(DoneMap::bytes_of(127), 1U);
    EXPECT_EQ(DoneMap::bytes_of(128), 2U);
    EXPECT_EQ(DoneMap::bytes_of(16'383), 2U);
    EXPECT_EQ(DoneMap::bytes_of(16'384), 3U);
    EXPECT_EQ(DoneMap::bytes_of(DoneMap::span_max), 4U);
}

TEST(DoneMap, BelongsToOnePosition) {
    const auto text = DoneMap{50, {{52, 60}}}.encode();
    ASSERT_TRUE(text);
    for (Offset next = 0; next < 200; ++next) EXPECT_EQ(DoneMap::decode(*text, next).has_value(), next == 50) << next;
}

TEST(DoneMap, IsNotReadFromWhatOthersWrite) {
    for (const char* text : {"worker-7", "{\"host\":\"a\"}", "R", "B", "RAAAA", "BAAAAAA", "Bm9uZQ", "Reset by ops",
                             "zAAAA", "R\n", "B====", "\xFF\xFE", "r//////8"})
        EXPECT_EQ(DoneMap::decode(text, 5), std::nullopt) << text;
    EXPECT_EQ(DoneMap::decode(std::string(1'000'000, 'R'), 5), std::nullopt);
    EXPECT_EQ(DoneMap::decode(std::string(4'096, '\0'), 5), std::nullopt);
}

TEST(DoneMap, IsNotReadFromADamagedText) {
    for (const DoneMap& map : {DoneMap{5, {{6, 8}, {10, 11}}}, DoneMap{5, {{1'000, 250'000}, {300'000, 300'001}}}}) {
        const std::string text = map.encode().value();
        for (std::size_t size = 1; size < text.size(); ++size)
            EXPECT_EQ(DoneMap::decode(text.substr(0, size), 5), std::nullopt) << size;
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string damaged = text;
                damaged[at] = static_cast<char>(byte);
                if (damaged == text) continue;
                ASSERT_EQ(DoneMap::decode(damaged, 5), std::nullopt) << damaged;
            }
        }
        EXPECT_EQ(DoneMap::decode(text + text, 5), std::nullopt);
    }
}

TEST(DoneMap, IsNotReadFromAWrongBodyWithItsRightChecksum) {
    using namespace std::string_literals;
    const std::string most = "\x80\x80\x80\x08"s;  // span_max
    ASSERT_TRUE(DoneMap::decode(sealed('R', "\x00"s + most, 5), 5));
    for (const std::string& body : {""s,                                               // nothing
                                    "\x01"s,                                           // skipped without done
                                    "\x01\x00"s,                                       // nothing done
                                    "\x01\x01\x00\x01"s,                               // touching runs
                                    "\x01\x81\x00"s,                                   // a longer form than needed
                                    "\x01\x81"s,                                       // cut off in a number
                                    "\x01" + most,                                     // ends beyond the bound
                                    most + "\x01"s,                                    //
                                    "\x81\x80\x80\x08\x01"s,                           // a number beyond the bound
                                    "\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"s,       // all that 63 bits hold
                                    "\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s,   // 64 bits
                                    "\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"s})  // a number without an end
        EXPECT_EQ(DoneMap::decode(sealed('R', body, 5), 5), std::nullopt) << to_base64(body);
    for (const std::string& body : {""s, "\x00"s, "\x01\x00"s})
        EXPECT_EQ(DoneMap::decode(sealed('B', body, 5), 5), std::nullopt) << to_base64(body);
    EXPECT_EQ(DoneMap::decode(sealed('C', "\x01\x01"s, 5), 5), std::nullopt) << "a later version's";
    for (const Offset next : {Offset{-1}, std::numeric_limits<Offset>::min(), far_end, far_end - DoneMap::span_max + 1})
        EXPECT_EQ(DoneMap::decode(sealed('R', "\x01\x01"s, next), next), std::nullopt) << next;
    EXPECT_TRUE(DoneMap::decode(sealed('R', "\x00"s + most, far_end - DoneMap::span_max), far_end - DoneMap::span_max));
}

TEST(DoneMap, IsWellFormedAndBoundedWhateverIsRead) {
    std::size_t read = 0;
    Rng rng(1);
    for (int draw = 0; draw < 20'000; ++draw) {
        const char kind = rng.chance(0.5) ? 'R' : 'B';
        const std::size_t size = rng.below(rng.chance(0.005) ? 3'200 : 12);
        const std::uint64_t bytes = rng.chance(0.5) ? 256 : 130;
        std::string body;
        while (body.size() < size) body += static_cast<char>(rng.below(bytes));
        const Offset next = static_cast<Offset>(rng.next() >> (1 + rng.below(60)));
        const auto map = DoneMap::decode(sealed(kind, body, next), next);
        if (!map) continue;
        ++read;
        ASSERT_EQ(map->next, next);
        ASSERT_TRUE(well_formed(*map)) << "draw " << draw;
        ASSERT_LE(map->runs.size(), DoneMap::dense_span_max / 2) << "draw " << draw;
        const auto again = map->encode();
        ASSERT_TRUE(again) << "draw " << draw;
        ASSERT_EQ(DoneMap::decode(*again, next), map) << "draw " << draw;
    }
    EXPECT_GT(read, 5'000U);
}

TEST(DoneMap, ReadsNoRandomText) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Rng rng(1);
    for (int draw = 0; draw < 20'000; ++draw) {
        std::string text(1, rng.chance(0.5) ? 'R' : 'B');
        for (std::size_t size = 6 + rng.below(rng.chance(0.005) ? 4'200 : 30); text.size() < size;)
            text += digits[rng.below(digits.size())];
        ASSERT_EQ(DoneMap::decode(text, 5), std::nullopt) << "draw " << draw;
    }
}

}  // namespace
}  // namespace prelabel::flow
