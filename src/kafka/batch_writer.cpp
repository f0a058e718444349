#include "kafka/conf.hpp"
#include "kafka/explain.hpp"
#include "kafka/producer.hpp"
#include "kafka/transaction_client.hpp"
#include "kafka/wakeup.hpp"

#include <prelabel/kafka/batch_writer.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

namespace prelabel::kafka {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds time_limit{30};
constexpr transaction::Bound call_bound{1'000};
constexpr std::chrono::milliseconds turn{100};

Error failed(const std::string& what, const TransactionFailure& failure) {
    return {Fault::dependency, what + ": " + explain(failure.code, failure.said)};
}

}  // namespace

class BatchWriter::Impl {
public:
    explicit Impl(OutputSettings settings)
        : settings_(std::move(settings)),
          wakeup_(loop_.get_executor(), [] {}),
          reports_{[this](Delivery&, const rd_kafka_message_t& message) { reported(message.err); },
                   [](rd_kafka_event_t*) {}} {}

    Result<> start() {
        sent_twice_ = false;
        producer_.reset();
        auto made = Producer::create(settings_, Batching::shared, wakeup_);
        if (!made) return made.error();
        producer_ = std::move(*made);
        if (!transactional()) return {};
        auto* const client = producer_->client();
        if (const auto failure = transaction::insist(time_limit, [&] { return transaction::init(client, call_bound); }))
            return failed("no transaction can be begun", *failure);
        if (transaction::is_a_mock(client, call_bound))
            return Error{Fault::config,
                         "these brokers keep no transactions (librdkafka's mock broker): set "
                         "`output.delivery: at_least_once`"};
        return {};
    }

    Result<> write(const std::vector<pipeline::Output>& batch) {
        refused_.reset();
        if (sent_twice_)
            if (auto renewed = start(); !renewed) return renewed;
        auto* const client = producer_->client();
        if (transactional()) {
            if (const auto failure = transaction::begin(client)) return failed("no transaction can be begun", *failure);
        }
        std::deque<Delivery> deliveries;  // the client holds on to them
        auto sent = send(batch, deliveries);
        if (!transactional()) return sent;
        if (!sent) {
            static_cast<void>(transaction::insist(time_limit, [&] { return transaction::abort(client, call_bound); }));
            return sent;
        }
        const auto asked = steady_clock::now();
        if (const auto failure =
                transaction::insist(time_limit, [&] { return transaction::commit(client, call_bound); }))
            return failed("a transaction could not be committed", *failure);
        // The second one, if there is one, must not find the next transaction open: see Transactions.
        sent_twice_ = steady_clock::now() - asked >= sent_once_within;
        return {};
    }

private:
    Result<> send(const std::vector<pipeline::Output>& batch, std::deque<Delivery>& deliveries) {
        const auto until = steady_clock::now() + time_limit;
        for (const auto& output : batch) {
            auto& delivery = deliveries.emplace_back();
            delivery.kind = output.kind;
            auto error = producer_->produce(output, delivery);
            while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL && steady_clock::now() < until) {
                serve();
                error = producer_->produce(output, delivery);
            }
            if (error != RD_KAFKA_RESP_ERR_NO_ERROR) reported(error);
            if (refused_) break;
        }
        while (producer_->under_way() > 0 && steady_clock::now() < until) serve();
        if (producer_->under_way() > 0) {
            reported(RD_KAFKA_RESP_ERR__TIMED_OUT);
            producer_->give_up();
            while (producer_->under_way() > 0) serve();
        }
        if (refused_) return Error{Fault::dependency, "a record could not be written: " + explain(*refused_)};
        return {};
    }

    void serve() {
        loop_.restart();
        loop_.run_one_for(turn);
        producer_->serve(reports_);
    }

    void reported(rd_kafka_resp_err_t error) {
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !refused_) refused_ = error;
    }

    [[nodiscard]] bool transactional() const { return !settings_.transactional_id.empty(); }

    OutputSettings settings_;
    bool sent_twice_ = false;
    boost::asio::io_context loop_{1};
    Wakeup wakeup_;
    Producer::Events reports_;
    std::optional<rd_kafka_resp_err_t> refused_;
    std::unique_ptr<Producer> producer_;
};

Result<std::unique_ptr<BatchWriter>> BatchWriter::create(const OutputSettings& settings) {
    auto impl = std::make_unique<Impl>(settings);
    if (auto started = impl->start(); !started) return started.error();
    return std::unique_ptr<BatchWriter>(new BatchWriter(std::move(impl)));
}

BatchWriter::BatchWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BatchWriter::~BatchWriter() = default;

Result<> BatchWriter::write(const std::vector<pipeline::Output>& batch) { return impl_->write(batch); }

}  // namespace prelabel::kafka
