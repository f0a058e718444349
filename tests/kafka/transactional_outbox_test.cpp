// Long: one fixture, a failure of a step for each test.
#include "source_fixture.hpp"

#include <prelabel/kafka/transactional_outbox.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::kafka::test {
namespace {

using pipeline::Progress;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// An outbox on the mock broker: it answers to transactions and keeps none, so what was aborted stays in the topic.
class TransactionalOutboxTest : public KafkaSourceTest {
protected:
    using Publish = std::shared_ptr<Loop::Started<Result<>>>;

    void SetUp() override {
        from_ = source();
        assign_all(*from_, 1);
    }
    void TearDown() override {
        if (outbox_) loop.run(outbox_->close(soon()));
        outbox_.reset();
        loop.run(from_->close(soon()));
    }

    TransactionalOutbox& outbox(bool on_a_mock = true) {
        TransactionSettings transactions;
        transactions.instance = "one";
        transactions.on_a_mock = on_a_mock;
        transactions.hurry_at = 2;
        OutputSettings settings;
        settings.brokers = cluster.brokers();
        settings.topic = "out";
        settings.dead_letter_topic = "dead";
        auto made = TransactionalOutbox::create(loop.executor(), loop.clock(), {cluster.brokers(), "in", "group", {}},
                                                settings, transactions, *from_, keep_notices(),
                                                [this](const std::string& reason) { hopeless_.push_back(reason); });
        if (!made) throw std::runtime_error(made.error().message);
        outbox_ = std::move(*made);
        return *outbox_;
    }

    Publish publish(Offset offset, pipeline::ScopePtr scope = nullptr, const std::string& value = "v") {
        auto made = output("k", value + std::to_string(offset));
        made.origin.partition = p0;
        made.origin.offset = offset;
        made.scope = std::move(scope);
        auto started = loop.start(outbox_->publish(std::move(made)));
        loop.turn_for(milliseconds(5));
        return started;
    }
    /// As a worker tells it: the documents that count, in the map's place.
    pipeline::AskProgress progress() {
        return [this](const std::vector<Origin>& together) {
            together_.clear();
            for (const auto& one : together) together_.push_back(one.offset);
            if (together.empty()) return nothing_together;
            return std::vector<Progress>{{p0, together.back().offset + 1, "R" + std::to_string(together_.size())}};
        };
    }
    Result<> commit(milliseconds time = seconds(10)) {
        return loop.run(outbox_->commit(progress(), loop.clock().now() + time));
    }
    static std::string trouble_of(const Result<>& result) { return result ? "" : result.error().message; }
    TransactionStats transactions() { return *outbox_->stats().transactions; }
    std::vector<std::string> written(std::size_t count) {
        auto reader = source({}, "out");
        for (const auto& partition : partitions_of(expect<pipeline::Assigned>(*reader))) reader->grant(partition, 100);
        std::vector<std::string> values;
        for (const auto& record : read(*reader, count)) values.push_back(*record.value);
        loop.run(reader->close(soon()));
        return values;
    }

    std::unique_ptr<KafkaSource> from_;
    std::unique_ptr<TransactionalOutbox> outbox_;
    std::vector<std::string> hopeless_;
    std::vector<Offset> together_;
    std::vector<Progress> nothing_together;
};

TEST_F(TransactionalOutboxTest, OutputsAreDurableWithTheProgressThatCountsThem) {
    outbox();
    const auto first = publish(5);
    EXPECT_FALSE(outbox_->wants_commit());
    const auto second = publish(6);
    EXPECT_TRUE(outbox_->wants_commit());
    loop.turn_for(milliseconds(100));
    EXPECT_FALSE(first->done) << "nothing is durable before its commit";
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return first->done && second->done; });
    EXPECT_TRUE(*first->value);
    EXPECT_THAT(together_, ElementsAre(5, 6));
    EXPECT_EQ(transactions().committed, 1U);
    EXPECT_EQ(transactions().aborted, 0U);
    EXPECT_EQ(outbox_->stats().records, 2U);
    EXPECT_EQ(from_->stats().commits, 1U);
    EXPECT_FALSE(outbox_->wants_commit());
    EXPECT_THAT(written(2), ElementsAre("v5", "v6"));
}

TEST_F(TransactionalOutboxTest, ACommitOfNothingIsNoTransaction) {
    outbox();
    EXPECT_TRUE(commit());
    EXPECT_EQ(transactions().committed, 0U);
}

TEST_F(TransactionalOutboxTest, ProgressWithoutOutputsIsCommittedToo) {
    outbox();
    nothing_together = {{p1, 8}};
    EXPECT_TRUE(commit());
    EXPECT_EQ(transactions().committed, 1U);
}

TEST_F(TransactionalOutboxTest, MakesAsManyTransactionsAsItTakes) {
    outbox();
    std::vector<Publish> all;
    for (Offset i = 0; i < 2'050; ++i) {
        auto made = output("k" + std::to_string(i), "v");
        made.origin = {p0, i, -1, 0};
        all.push_back(loop.start(outbox_->publish(std::move(made))));
    }
    loop.turn_for(milliseconds(50));
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return std::ranges::all_of(all, [](const auto& each) { return each->done; }); });
    EXPECT_EQ(transactions().committed, 3U);
}

TEST_F(TransactionalOutboxTest, AnOutputThatIsUnwantedByThenIsDropped) {
    outbox();
    const auto lease = std::make_shared<pipeline::Lease>();
    const auto lost = publish(5, std::make_shared<pipeline::Scope>(lease));
    const auto kept = publish(6);
    lease->abandoned = true;
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return lost->done && kept->done; });
    EXPECT_EQ(lost->value->error().fault, Fault::cancelled);
    EXPECT_TRUE(*kept->value);
    EXPECT_THAT(together_, ElementsAre(6));
    EXPECT_THAT(written(1), ElementsAre("v6"));
}

TEST_F(TransactionalOutboxTest, ATransactionWithAnUnwantedOutputIsMadeAgainWithoutIt) {
    outbox();
    ASSERT_EQ(trouble_of(commit()), "");
    const auto lease = std::make_shared<pipeline::Lease>();
    const auto lost = publish(5, std::make_shared<pipeline::Scope>(lease));
    const auto kept = publish(6);
    cluster.delay(Request::produce, 1, seconds(1));
    const auto committed = loop.start(outbox_->commit(progress(), soon()));
    loop.turn_until([&] { return outbox_->stats().in_flight == 2; });
    lease->abandoned = true;
    loop.turn_until([&] { return committed->done && lost->done && kept->done; });
    EXPECT_TRUE(*committed->value);
    EXPECT_EQ(lost->value->error().fault, Fault::cancelled);
    EXPECT_THAT(together_, ElementsAre(6));
    EXPECT_EQ(transactions().aborted, 1U);
    EXPECT_EQ(transactions().committed, 1U);
}

TEST_F(TransactionalOutboxTest, WhatWasAbortedGoesIntoTheNextInTheSameOrder) {
    outbox();
    const auto first = publish(5);
    const auto second = publish(6);
    cluster.fail(Request::txn_offset_commit, {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION});
    const auto refused = commit();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::dependency);
    EXPECT_FALSE(first->done);
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return first->done && second->done; });
    EXPECT_TRUE(*first->value);
    EXPECT_THAT(together_, ElementsAre(5, 6));
    EXPECT_EQ(transactions().aborted, 1U);
}

TEST_F(TransactionalOutboxTest, ACommitWithoutAnAnswerIsReadBackAndMadeAgainWhereItIsNotThere) {
    outbox();
    const auto waits = publish(5);
    cluster.delay(Request::end_txn, 1, seconds(20));
    ASSERT_FALSE(commit(seconds(2)));
    EXPECT_FALSE(waits->done) << "nobody knows yet";
    EXPECT_EQ(transactions().indefinite, 1U);
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return waits->done; });
    EXPECT_TRUE(*waits->value);
    EXPECT_EQ(outbox_->stats().rebuilds, 1U);
    EXPECT_EQ(transactions().aborted, 1U);
    EXPECT_EQ(transactions().committed, 1U);
    EXPECT_THAT(written(2), ElementsAre("v5", "v5")) << "the first of them was aborted; the mock keeps it";
}

TEST_F(TransactionalOutboxTest, ACommitWithoutAnAnswerIsReadBackAndDoneWhereItIsThere) {
    outbox();
    const auto waits = publish(5);
    cluster.delay(Request::end_txn, 1, seconds(20));
    ASSERT_FALSE(commit(seconds(2)));
    ASSERT_TRUE(loop.run(from_->group().commit({{p0, 6, "R1"}}, soon()))) << "what a broker does with the transaction";
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return waits->done; });
    EXPECT_TRUE(*waits->value);
    EXPECT_EQ(transactions().committed, 1U);
    EXPECT_EQ(transactions().aborted, 0U);
    EXPECT_THAT(written(1), ElementsAre("v5"));
}

TEST_F(TransactionalOutboxTest, ARequestThatMayHaveBeenSentTwiceFindsItsProducerShutOut) {
    outbox();
    for (const auto request : {Request::end_txn, Request::txn_offset_commit}) {
        const auto before = outbox_->stats().rebuilds;
        const auto slow = publish(5);
        cluster.delay(request, 1, std::chrono::milliseconds(700));
        ASSERT_EQ(trouble_of(commit()), "");
        loop.turn_until([&] { return slow->done; });
        EXPECT_TRUE(*slow->value);
        const auto next = publish(6);
        ASSERT_EQ(trouble_of(commit()), "");
        loop.turn_until([&] { return next->done; });
        EXPECT_EQ(outbox_->stats().rebuilds, before + 1);
    }
    EXPECT_EQ(transactions().committed, 4U);
    EXPECT_EQ(transactions().aborted, 0U);
}

TEST_F(TransactionalOutboxTest, NothingIsCommittedPastAnOutputThatMayHaveBeen) {
    outbox();
    const auto waits = publish(5);
    cluster.delay(Request::end_txn, 1, seconds(20));
    ASSERT_FALSE(commit(seconds(2)));
    loop.run(outbox_->close(loop.clock().now()));
    loop.turn_until([&] { return waits->done; });
    EXPECT_EQ(waits->value->error().fault, Fault::cancelled);
    nothing_together = {{p0, 5}};
    EXPECT_FALSE(commit()) << "it would take back what the next owner must know to be done";
}

TEST_F(TransactionalOutboxTest, AFailedProducerIsReplacedAndItsOutputsAreSentAgain) {
    outbox();
    const auto waits = publish(5);
    cluster.fail(Request::txn_offset_commit, {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE});
    ASSERT_FALSE(commit());
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return waits->done; });
    EXPECT_TRUE(*waits->value);
    EXPECT_EQ(outbox_->stats().rebuilds, 1U);
}

TEST_F(TransactionalOutboxTest, TheOutputsOfARefusedBatchAreSentAlone) {
    outbox();
    ASSERT_EQ(trouble_of(commit()), "");
    const auto first = publish(5);
    const auto second = publish(6);
    cluster.fail(Request::produce, {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
    ASSERT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return first->done && second->done; });
    EXPECT_TRUE(*first->value);
    EXPECT_TRUE(*second->value);
    EXPECT_THAT(together_, ElementsAre(5, 6));
    EXPECT_GE(outbox_->stats().sent_alone, 2U);
    EXPECT_THAT(notices, Contains(Field(&Notice::text, HasSubstr("sent again one by one"))));
}

TEST_F(TransactionalOutboxTest, AnOutputThatIsRefusedAloneIsTooLarge) {
    outbox();
    ASSERT_EQ(trouble_of(commit()), "");
    const auto large = publish(5);
    cluster.fail(Request::produce, std::vector(4, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE));
    EXPECT_EQ(trouble_of(commit()), "");
    loop.turn_until([&] { return large->done; });
    ASSERT_FALSE(*large->value);
    EXPECT_EQ(large->value->error().fault, Fault::input);
    EXPECT_EQ(transactions().committed, 0U);
}

TEST_F(TransactionalOutboxTest, RefusesWhatIsKnownToBeTooLarge) {
    outbox();
    const auto large = publish(5, nullptr, std::string(1'000'001, 'v'));
    ASSERT_TRUE(large->done);
    EXPECT_EQ(large->value->error().fault, Fault::input);
}

TEST_F(TransactionalOutboxTest, ATwinEndsTheWorkerWithOneSentence) {
    outbox();
    const auto waits = publish(5);
    cluster.fail(Request::txn_offset_commit, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
    ASSERT_FALSE(commit());
    EXPECT_THAT(hopeless_, ElementsAre(HasSubstr("`group.one`: give each its own `output.kafka.instance`")));
    loop.turn_until([&] { return waits->done; });
    EXPECT_EQ(waits->value->error().fault, Fault::cancelled);
    EXPECT_FALSE(commit());
    EXPECT_EQ(hopeless_.size(), 1U);
    const auto later = publish(6);
    ASSERT_TRUE(later->done);
    EXPECT_EQ(later->value->error().fault, Fault::cancelled);
}

TEST_F(TransactionalOutboxTest, SaysAtTheStartThatThereAreNoTransactions) {
    cluster.fail(Request::init_producer_id, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
    outbox().prepare();
    loop.turn_until([&] { return !hopeless_.empty(); });
    EXPECT_THAT(hopeless_, ElementsAre(HasSubstr("output.delivery: at_least_once")));
}

TEST_F(TransactionalOutboxTest, TrustsNoMockBroker) {
    outbox(false).prepare();
    loop.turn_until([&] { return !hopeless_.empty(); });
    EXPECT_THAT(hopeless_, ElementsAre(HasSubstr("mock broker")));
}

TEST_F(TransactionalOutboxTest, WaitsForBrokersThatAreAway) {
    cluster.stop();
    outbox().prepare();
    const auto waits = publish(5);
    ASSERT_FALSE(commit(seconds(1)));
    EXPECT_THAT(hopeless_, IsEmpty());
    cluster.start();
    Result<> committed = commit();
    for (int tries = 0; !committed && tries < 5; ++tries) committed = commit();
    ASSERT_EQ(trouble_of(committed), "");
    loop.turn_until([&] { return waits->done; });
    EXPECT_TRUE(*waits->value);
}

TEST_F(TransactionalOutboxTest, ClosingGivesUpWhatNoCommitTakes) {
    outbox();
    const auto waits = publish(5);
    loop.run(outbox_->close(soon()));
    loop.turn_until([&] { return waits->done; });
    EXPECT_EQ(waits->value->error().fault, Fault::cancelled);
    EXPECT_EQ(publish(6)->value->error().fault, Fault::cancelled);
}

TEST_F(TransactionalOutboxTest, AnotherClusterIsRefused) {
    OutputSettings elsewhere;
    elsewhere.brokers = "elsewhere:9092";
    elsewhere.topic = "out";
    const auto made = TransactionalOutbox::create(loop.executor(), loop.clock(), {cluster.brokers(), "in", "group", {}},
                                                  elsewhere, {}, *from_, nullptr, nullptr);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::config);
    EXPECT_THAT(made.error().message, HasSubstr("at_least_once"));
}

}  // namespace
}  // namespace prelabel::kafka::test
