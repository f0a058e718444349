#include <prelabel/base/record.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

TEST(Record, HoldsItsValueItsKeyAndItsHeaders) {
    const Record bare;
    EXPECT_GE(bare.bytes(), sizeof(Record));

    Record record;
    record.value = std::string(1'000, 'v');
    EXPECT_GE(record.bytes(), bare.bytes() + 1'000);
    record.key = std::string(2'000, 'k');
    EXPECT_GE(record.bytes(), bare.bytes() + 3'000);
    record.headers = {{std::string(4'000, 'n'), std::string(8'000, 'h')}};
    EXPECT_GE(record.bytes(), bare.bytes() + 15'000);
}

TEST(Record, ManySmallHeadersCostMoreThanTheirText) {
    Record record;
    for (int i = 0; i < 100; ++i) record.headers.push_back({"a", std::nullopt});
    EXPECT_GE(record.bytes(), 100 * sizeof(Header));
}

}  // namespace
}  // namespace prelabel
