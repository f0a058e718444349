#include <prelabel/flow/done_map.hpp>
#include <prelabel/pipeline/read_back.hpp>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

using flow::DoneMap;

const Partition p0{"in", 0};
const Partition p1{"in", 1};

AssignedPartition committed(const Partition& partition, Offset next, std::vector<DoneMap::Run> runs = {}) {
    return {partition, next, DoneMap{next, std::move(runs)}.encode().value()};
}
Progress sent(const Partition& partition, Offset next, std::vector<DoneMap::Run> runs = {}) {
    return {partition, next, DoneMap{next, std::move(runs)}.encode().value()};
}

TEST(ReadBack, WhatTheGroupHoldsWasCommittedAlsoWhenItsNextOwnerWentOn) {
    const std::vector<Progress> both{sent(p0, 5, {{7, 9}}), sent(p1, 3)};
    EXPECT_TRUE(holds({committed(p0, 5, {{7, 9}}), committed(p1, 3)}, both));
    EXPECT_TRUE(holds({committed(p0, 9), committed(p1, 3, {{4, 5}})}, both));
}

TEST(ReadBack, OnePartitionThatLacksItSaysThatNothingWasCommitted) {
    const std::vector<Progress> both{sent(p0, 5, {{7, 9}}), sent(p1, 3)};
    EXPECT_FALSE(holds({committed(p0, 5, {{7, 9}}), committed(p1, 2)}, both))
        << "the next owner of p0 has done the very same";
    EXPECT_FALSE(holds({committed(p0, 5), committed(p1, 3)}, both)) << "the map lacks two";
    EXPECT_FALSE(holds({committed(p0, 9)}, both)) << "nothing is committed of p1";
    EXPECT_FALSE(holds({{p0, 9, "a tool's own text"}, committed(p1, 2)}, both));
}

}  // namespace
}  // namespace prelabel::pipeline
