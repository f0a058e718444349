#include "fakes_worker.hpp"

namespace prelabel::pipeline {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// A partition that is full behind three documents which are refused each time, while nobody else is left to be asked.
class WorkerWitness : public testing::Test {
protected:
    void SetUp() override {
        world_.settings.window_per_partition = 4;
        world_.model.refuses = [this](const std::string& body) {
            for (const char* mark : {"text 0/7", "text 0/8", "text 0/9"}) {
                if (body.find(mark) != std::string::npos) return true;
            }
            return all_are_refused_;
        };
        world_.start();
        world_.assign({zero});
        world_.feed(zero, 0);
        world_.model.answering.shut();
        for (Offset offset = 7; offset <= 10; ++offset) world_.feed(zero, offset);
        world_.model.answering.open();
        for (Offset offset = 11; offset <= 36; ++offset) world_.feed(zero, offset);
        world_.loop.advance(seconds(30));
        EXPECT_TRUE(world_.worker().stats().paused);
        EXPECT_EQ(world_.outbox.written.size(), 2U);
    }

    WorkerWorld world_;
    bool all_are_refused_ = false;
};

TEST_F(WorkerWitness, ReadsOneMoreToLearnWhetherItIsTheDocumentsOrTheEndpoint) {
    world_.loop.advance(minutes(3));
    EXPECT_FALSE(world_.worker().stats().paused);
    EXPECT_EQ(world_.outbox.committed[zero], 37);
    EXPECT_EQ(world_.worker().stats().dead_letters[DeadLetterClass::request_rejected], 3U);
    world_.stop();
}

TEST_F(WorkerWitness, ReadsNoMoreThanAFewAndPaysThemBack) {
    all_are_refused_ = true;
    world_.loop.advance(minutes(90));
    EXPECT_EQ(world_.source.granted[zero], 4U + 1U + 16U);  // the window, what left it, the witnesses
    all_are_refused_ = false;
    world_.loop.advance(minutes(5));
    EXPECT_EQ(world_.outbox.committed[zero], 37);
    EXPECT_EQ(world_.source.granted[zero], 4U + 31U);
    world_.stop();
}

}  // namespace
}  // namespace prelabel::pipeline
