#include "telemetry/worker_summary.hpp"

#include "snapshot.hpp"

#include <prelabel/base/redaction.hpp>

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace prelabel::telemetry {
namespace {

using pipeline::WaitReason;

class WorkerSummary : public ::testing::Test {
protected:
    WorkerSummary() { worker.pipeline.calls_in_flight = 10; }

    /// With so many seconds of waiting in the last thirty.
    std::string waits(WaitReason reason, double seconds) const {
        auto snapshot = worker.snapshot();
        snapshot.last_minute.added.wait_seconds[reason] = seconds;
        return summary_of(snapshot);
    }
    std::string says() const { return summary_of(worker.snapshot()); }

    BusyWorker worker;
};

TEST_F(WorkerSummary, SaysHowFastItIs) {
    EXPECT_EQ(says(), "Finishes 2.0 documents a second.");
    auto snapshot = worker.snapshot();
    snapshot.last_minute.added.documents = 3;
    EXPECT_EQ(summary_of(snapshot), "Finishes 6.0 documents a minute.");
}

TEST_F(WorkerSummary, SaysWhatMostCallsWaitFor) {
    std::set<std::string> sentences;
    for (const auto reason : enum_values<WaitReason>) sentences.insert(waits(reason, 100));
    EXPECT_EQ(sentences.size(), enum_count<WaitReason>) << "a sentence for each reason";
    EXPECT_EQ(waits(WaitReason::tokens, 100),
              "Finishes 2.0 documents a second. The quota of tokens a minute is the limit.");
    auto snapshot = worker.snapshot();
    snapshot.last_minute.added.wait_seconds[WaitReason::requests] = 60;
    snapshot.last_minute.added.wait_seconds[WaitReason::tokens] = 61;
    EXPECT_NE(summary_of(snapshot).find("quota of tokens"), std::string::npos);
    snapshot.last_minute.added.wait_seconds[WaitReason::requests] = 62;
    EXPECT_NE(summary_of(snapshot).find("quota of requests"), std::string::npos);
}

TEST_F(WorkerSummary, KeepsQuietAboutAMomentOfWaiting) {
    EXPECT_EQ(waits(WaitReason::retry, 14), says()) << "0.47 of ten calls: less than one in twenty";
    EXPECT_NE(waits(WaitReason::retry, 16), says());
}

TEST_F(WorkerSummary, SaysWhatItWaitsForWhileNothingEnds) {
    auto snapshot = worker.snapshot();
    snapshot.last_minute.added.documents = 0;
    EXPECT_EQ(summary_of(snapshot), "Waits for answers to 7 documents.");
    worker.pipeline.documents_in_flight = 0;
    EXPECT_EQ(summary_of(snapshot), "Waits for documents.");
    worker.source.brokers_up = 0;
    EXPECT_EQ(says(), "No broker answers; the worker goes on by itself when one does.");
}

TEST_F(WorkerSummary, SaysThatNothingIsLeftWhateverTheLastMinuteWas) {
    const auto nothing_to_do = "Has nothing to do: all documents are done.";
    for (auto& partition : worker.source.partitions) partition.lag = 0;
    EXPECT_EQ(waits(WaitReason::tokens, 100),
              "Finishes 2.0 documents a second. The quota of tokens a minute is the limit.")
        << "seven are under way";
    worker.pipeline.documents_in_flight = 0;
    EXPECT_EQ(waits(WaitReason::tokens, 100), nothing_to_do);
    worker.source.partitions[1].lag = 1;
    EXPECT_EQ(says(), "Finishes 2.0 documents a second.");
    worker.source.partitions[1].lag.reset();
    EXPECT_EQ(says(), "Finishes 2.0 documents a second.") << "nobody knows";
    worker.source.partitions[1].lag = 0;
    worker.pipeline.paused = true;
    EXPECT_NE(says(), nothing_to_do);
    worker.pipeline.paused = false;
    auto of_files = worker.snapshot();
    of_files.source = nullptr;
    EXPECT_EQ(summary_of(of_files), "Finishes 2.0 documents a second.");
}

TEST_F(WorkerSummary, SaysWhyNothingGoesOn) {
    EXPECT_EQ(summary_of(Snapshot{}), "Waits for its first partitions.");
    worker.pipeline.paused = true;
    keep_secret("summary-5e0c81");
    worker.pipeline.pause_reason = "the provider refuses the key summary-5e0c81 (401)";
    EXPECT_EQ(says(), "Sends only probes: the provider refuses the key *** (401)");
    worker.pipeline.draining = true;
    worker.pipeline.documents_in_flight = 1;
    EXPECT_EQ(says(), "Reads no more, and finishes 1 document under way.");
    worker.pipeline.draining = worker.pipeline.paused = false;
    worker.pipeline.partitions_assigned = 0;
    worker.pipeline.assignments = 1;
    EXPECT_EQ(says(), "Has no partition: with more workers than partitions that is normal.");
    worker.source.brokers_up = 0;
    EXPECT_EQ(says(), "No broker answers; the worker goes on by itself when one does.");
}

}  // namespace
}  // namespace prelabel::telemetry
