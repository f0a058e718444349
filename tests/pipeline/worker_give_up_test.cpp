#include "fakes_worker.hpp"

#include <optional>

namespace prelabel::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A run that a person waits for, and a model that is missing for some documents.
class WorkerGiveUp : public testing::Test {
protected:
    void SetUp() override {
        world_.settings.give_up = {.when_a_person_is_needed = true, .after_an_outage_of = minutes(5)};
        world_.model.refuses_as = llm::ReplyClass::model_missing;
        world_.start();
        world_.assign({zero});
    }
    void refuse(const char* mark) {
        world_.model.refuses = [mark](const std::string& body) { return body.find(mark) != std::string::npos; };
    }

    WorkerWorld world_;
};

TEST_F(WorkerGiveUp, EndsAtOnceWhenTheModelHasNeverWorked) {
    refuse("text");
    world_.feed(zero, 0);
    EXPECT_TRUE(world_.worker().gave_up_because());
    EXPECT_TRUE(world_.ended());
}

TEST_F(WorkerGiveUp, OneDocumentForWhichTheModelIsMissingEndsNothing) {
    refuse("text 0/1");
    world_.feed(zero, 0);
    world_.feed(zero, 1);
    EXPECT_TRUE(world_.worker().stats().paused);
    for (Offset offset = 2; offset < 10; ++offset) world_.feed(zero, offset);
    for (int second = 0; second < 600; ++second) world_.loop.advance(seconds(1));
    EXPECT_FALSE(world_.worker().gave_up_because());
    EXPECT_EQ(world_.outbox.committed[zero], 10);
    EXPECT_EQ(world_.outbox.written.size(), 10U) << "one of them a dead letter";
    world_.stop();
}

TEST_F(WorkerGiveUp, EndsWhenTheRefusalStands) {
    world_.feed(zero, 0);
    refuse("text");
    world_.feed(zero, 1);
    world_.loop.advance(seconds(9));
    EXPECT_FALSE(world_.worker().gave_up_because());
    world_.loop.advance(seconds(2));
    EXPECT_TRUE(world_.worker().gave_up_because());
}

TEST_F(WorkerGiveUp, WaitsForASlowReaderOfWhatIsPaidAndCutsOffCallsThatHang) {
    world_.outbox.writing.shut();
    world_.feed(zero, 0);  // paid, and nobody takes it
    world_.model.answering.shut();
    world_.feed(zero, 1);  // a call that hangs
    refuse("text 0/2");
    world_.model.refuses_at_once = true;
    world_.feed(zero, 2);
    world_.loop.advance(seconds(11));
    ASSERT_TRUE(world_.worker().gave_up_because());
    world_.loop.advance(seconds(3600));
    EXPECT_FALSE(world_.ended());
    EXPECT_EQ(world_.worker().stats().calls_in_flight, 0U);
    world_.outbox.writing.open();
    world_.loop.settle();
    EXPECT_TRUE(world_.ended());
    EXPECT_EQ(world_.outbox.written.size(), 1U);
}

/// The same, with an endpoint that is away.
class WorkerOutage : public testing::Test {
protected:
    /// Seconds until it gives up on an endpoint that fails all calls; none within ten minutes.
    std::optional<int> gives_up_after(Duration wait) {
        world_.settings.give_up = {.when_a_person_is_needed = true, .after_an_outage_of = wait};
        world_.model.refuses_as = llm::ReplyClass::connection;
        world_.model.refuses = [](const std::string&) { return true; };
        world_.start();
        world_.assign({zero});
        world_.feed(zero, 0);
        for (int second = 0; second < 600; ++second) {
            if (world_.worker().gave_up_because()) return second;
            world_.loop.advance(seconds(1));
        }
        return std::nullopt;
    }

    WorkerWorld world_;
};

TEST_F(WorkerOutage, IsWaitedForFromTheFirstCallThatFails) {
    const auto took = gives_up_after(minutes(5));
    ASSERT_TRUE(took);
    EXPECT_NEAR(*took, 300, 1);
}

TEST_F(WorkerOutage, IsWaitedForAShortTimeToo) {
    const auto took = gives_up_after(seconds(2));
    ASSERT_TRUE(took);
    EXPECT_GE(*took, 2);
    EXPECT_LE(*took, 4) << "the first call behind it";
}

TEST_F(WorkerOutage, IsNotWaitedForAtAll) { EXPECT_EQ(gives_up_after(Duration::zero()), 0); }

}  // namespace
}  // namespace prelabel::pipeline
