#include "fakes_job.hpp"

#include <gtest/gtest.h>

namespace prelabel::pipeline {
namespace {

AnswerKey key_of_one_document(std::uint64_t seed, std::string secret = {}) {
    JobWorld world;
    world.store.secret = std::move(secret);
    world.seed = seed;
    world.model.answers(good_answer);
    EXPECT_EQ(world.run(ada_in_zurich()), true);
    expects(world.store.answers.size() == 1, "the answer was kept");
    return world.store.answers.front().first;
}

TEST(AnswerKey, OfOneRequestDiffersBetweenProcessesSoThatNobodyCanPrepareACollision) {
    EXPECT_EQ(key_of_one_document(1), key_of_one_document(1)) << "a run can be repeated";
    const auto one = key_of_one_document(1);
    const auto other = key_of_one_document(2);
    for (std::size_t i = 0; i < one.words.size(); ++i) EXPECT_NE(one.words[i], other.words[i]);
}

TEST(AnswerKey, IsOfTheStoreWhereAnswersOutliveTheProcess) {
    EXPECT_EQ(key_of_one_document(1, "kept"), key_of_one_document(2, "kept"));
    EXPECT_NE(key_of_one_document(1, "kept"), key_of_one_document(1, "another"));
}

TEST(AnswerKeys, AreHmacSha256) {
    // Python: hmac.new(b"Jefe", struct.pack("<Q", 16) + b"what do ya want for nothing?", hashlib.sha256).digest()
    const AnswerKey key = AnswerKeys(Secret("Jefe")).of("what do ya want ", "for nothing?");
    EXPECT_EQ(key.words[0], 0xCD28FEC66459AF88ULL);
    EXPECT_EQ(key.words[3], 0x7E806D3F8637025BULL);
}

TEST(AnswerKeys, AreTheSameEachTimeAndDifferWhereverARequestDiffers) {
    AnswerKeys keys(Secret("secret"));
    const AnswerKey key = keys.of("openai https://a", "{}");
    EXPECT_EQ(keys.of("openai https://a", "{}"), key);
    EXPECT_NE(keys.of("openai https://b", "{}"), key);
    EXPECT_NE(keys.of("openai https://a", "{ }"), key);
    EXPECT_NE(keys.of("openai https://a{", "}"), key) << "endpoint and body do not run together";
    EXPECT_NE(AnswerKeys(Secret("other")).of("openai https://a", "{}"), key);
}

}  // namespace
}  // namespace prelabel::pipeline
