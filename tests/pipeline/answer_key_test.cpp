#include "fakes_job.hpp"

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

AnswerKey key_of_one_document(std::uint64_t seed) {
    JobWorld world;
    world.seed = seed;
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    expects(world.store.answers.size() == 1, "the answer was kept");
    return world.store.answers.front().first;
}

TEST(AnswerKey, OfOneRequestDiffersBetweenProcessesSoThatNobodyCanPrepareACollision) {
    EXPECT_EQ(key_of_one_document(1), key_of_one_document(1)) << "a run can be repeated";
    EXPECT_NE(key_of_one_document(1).low, key_of_one_document(2).low);
    EXPECT_NE(key_of_one_document(1).high, key_of_one_document(2).high);
}

}  // namespace
}  // namespace prelabel::pipeline
