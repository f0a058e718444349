#include <prelabel/flow/refusal_share.hpp>

#include <gtest/gtest.h>

namespace prelabel::flow {
namespace {

using Verdict = RefusalShare::Verdict;

class RefusalShareTest : public ::testing::Test {
protected:
    /// The last verdict but `few`, where each `one_in`th of so many calls is refused; it ends there.
    Verdict calls(int how_many, int one_in) {
        for (int i = 1; i <= how_many; ++i) {
            const Verdict verdict = i % one_in == 0 ? share.refused(0) : share.answered();
            if (verdict != Verdict::few) return verdict;
        }
        return Verdict::few;
    }
    RefusalShare share;
};

TEST_F(RefusalShareTest, OneRefusalInAHundredIsNoReasonToCallLessOften) {
    EXPECT_EQ(calls(10'000, 100), Verdict::few);
    EXPECT_EQ(share.granted(), 0) << "the next one may still be the first of many";
}

TEST_F(RefusalShareTest, WhereMostAreRefusedTheyHaveToBecomeFewer) {
    calls(1'000, 2'000);
    EXPECT_EQ(share.refused(0), Verdict::few);
    EXPECT_EQ(share.refused(0), Verdict::try_fewer);
    EXPECT_EQ(share.refused(0), Verdict::few);
    EXPECT_EQ(share.refused(0), Verdict::fewer) << "trying a third fewer was by far not enough";
    EXPECT_EQ(share.share(), 1);
}

TEST_F(RefusalShareTest, RefusalsComeBackBeforeTheAnswersOfCallsSentWithThem) {
    EXPECT_EQ(share.refused(511), Verdict::few);
    EXPECT_EQ(share.refused(510), Verdict::try_fewer);
    EXPECT_NEAR(share.share(), 2.0 / 512, 1e-9) << "not all of two";
}

TEST_F(RefusalShareTest, AThirdFewerHelpsWhereALimitWasMet) {
    EXPECT_EQ(calls(1'000, 20), Verdict::try_fewer);
    EXPECT_EQ(calls(200, 1'000), Verdict::helped);
    EXPECT_NEAR(share.share(), 0.05, 0.001) << "what it was before";
    EXPECT_EQ(calls(1'000, 20), Verdict::fewer) << "it is known now that there is a limit";
}

TEST_F(RefusalShareTest, WhereAThirdFewerDoesNotHelpTheShareIsGranted) {
    EXPECT_EQ(calls(1'000, 20), Verdict::try_fewer);
    EXPECT_EQ(calls(200, 20), Verdict::in_vain);
    EXPECT_NEAR(share.granted(), 0.05, 0.02);
    EXPECT_EQ(calls(10'000, 20), Verdict::few);
    EXPECT_NE(calls(1'000, 3), Verdict::few) << "but not many more";
    while (share.granted() > 0) calls(1'000, 2);
    EXPECT_GT(share.share(), 0.25) << "a limit is met";
}

}  // namespace
}  // namespace prelabel::flow
