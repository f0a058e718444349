#include "kafka/explain.hpp"
#include "kafka/group.hpp"
#include "kafka/output_rules.hpp"
#include "kafka/transactions.hpp"
#include "kafka/waiting_outputs.hpp"

#include <prelabel/async/task_group.hpp>
#include <prelabel/base/expects.hpp>
#include <prelabel/kafka/connection.hpp>
#include <prelabel/kafka/transactional_outbox.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr Duration turn = std::chrono::seconds(1);
constexpr Duration patience = std::chrono::seconds(10);  // with a coordinator that has just started

}  // namespace

class TransactionalOutbox::Impl {
public:
    Impl(async::Executor loop, async::Clock& clock, Transactions::Names names, const TransactionSettings& settings,
         Group& group, OnNotice on_notice, OnHopeless on_hopeless)
        : clock_(clock),
          output_(names.output),
          settings_(settings),
          group_(group),
          on_notice_(on_notice),
          on_hopeless_(std::move(on_hopeless)),
          out_of_time_([this] { wake(); }),
          outputs_(output_, settings_),
          transactions_(loop, clock, std::move(names),
                        {[this](Delivery& delivery, rd_kafka_resp_err_t error) { outputs_.reported(delivery, error); },
                         [this](bool committed) { outputs_.ended(committed); }, [this] { wake(); },
                         [this](const std::string& reason) { give_up(reason); }, std::move(on_notice)}),
          preparing_(loop) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { clock_.disarm(out_of_time_); }

    [[nodiscard]] Result<> start() { return transactions_.start(); }
    void prepare() { preparing_.spawn(prepare_until_ready()); }
    [[nodiscard]] bool fits(const pipeline::Output& output) const {
        return bytes_of(output) <= output_.max_record_bytes;
    }
    [[nodiscard]] async::Coroutine<Result<>> publish(pipeline::Output output);
    [[nodiscard]] async::Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint deadline);
    [[nodiscard]] bool wants_commit() const { return outputs_.crowded(); }
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline);
    [[nodiscard]] SinkStats stats() const;

private:
    enum class Made { committed, again };

    [[nodiscard]] async::Coroutine<> prepare_until_ready();
    [[nodiscard]] async::Coroutine<Result<>> commit_all(const pipeline::AskProgress* ask, TimePoint deadline);
    /// One transaction, or what is left to do of the open one.
    [[nodiscard]] async::Coroutine<Result<Made>> make(const pipeline::AskProgress* ask, TimePoint deadline);
    /// Hands them to the client and waits until all are acknowledged, or one is refused.
    [[nodiscard]] async::Coroutine<Result<>> produce(TimePoint deadline);
    [[nodiscard]] async::Coroutine<bool> acknowledged(TimePoint deadline);
    [[nodiscard]] async::Coroutine<> changed(TimePoint deadline);
    void give_up(const std::string& reason);
    void say(Severity severity, std::string text) const {
        if (on_notice_) on_notice_({severity, std::move(text)});
    }
    void wake() {
        if (changed_ && !changed_->is_set()) changed_->set({});
    }

    async::Clock& clock_;
    const OutputSettings output_;
    TransactionSettings settings_;
    Group& group_;
    OnNotice on_notice_;
    OnHopeless on_hopeless_;
    async::Timer out_of_time_;
    WaitingOutputs outputs_;
    std::size_t next_ = 0;  // of those that are sent, to be handed to the client
    bool refusal_said_ = false;
    bool committing_ = false;
    bool closed_ = false;
    bool stale_ = false;  // somebody gave up an output that may have been committed: what is done is no longer known
    std::optional<std::string> hopeless_;
    Transactions transactions_;
    async::TaskGroup preparing_;
    // Last, so that a coroutine still waiting at destruction is destroyed while all else is there.
    std::optional<async::Signal<async::Done>> changed_;
};

async::Coroutine<> TransactionalOutbox::Impl::prepare_until_ready() {
    const TimePoint began = clock_.now();
    bool said = false;
    while (!committing_ && !closed_ && !hopeless_) {
        const Result<> ready = co_await transactions_.get_ready(clock_.now() + turn);
        if (ready) break;
        if (clock_.now() - began < patience || std::exchange(said, true)) continue;
        say(Severity::warning, ready.error().message +
                                   "; a cluster of one or two brokers needs "
                                   "`transaction.state.log.replication.factor=1`, or set `output.delivery: "
                                   "at_least_once`");
    }
}

async::Coroutine<Result<>> TransactionalOutbox::Impl::publish(pipeline::Output output) {
    const std::size_t size = bytes_of(output);
    if (!fits(output)) co_return too_large(output_, output.kind, size);
    if (closed_ || hopeless_) co_return Error{Fault::cancelled, "the outbox is closed"};
    const auto waiting = outputs_.add(std::move(output));
    Result<> outcome = co_await waiting->outcome.wait();
    co_return outcome;
}

async::Coroutine<Result<>> TransactionalOutbox::Impl::commit(pipeline::AskProgress ask, TimePoint deadline) {
    expects(!committing_, "one commit at a time");
    committing_ = true;
    co_await preparing_.join();
    const Result<> outcome = co_await commit_all(&ask, deadline);
    committing_ = false;
    wake();
    co_return outcome;
}

async::Coroutine<Result<>> TransactionalOutbox::Impl::commit_all(const pipeline::AskProgress* ask, TimePoint deadline) {
    const std::uint64_t last = outputs_.last();  // what comes later is for the next commit
    bool committed = false;
    for (;;) {
        if (hopeless_) co_return Error{Fault::dependency, *hopeless_};
        if (stale_) co_return Error{Fault::dependency, "what the last transaction committed is left to the next owner"};
        outputs_.drop_unwanted();
        if (committed && !outputs_.wait_since(last)) co_return Result<>();
        if (!transactions_.goes_on()) {
            if (outputs_.none_waits() && outputs_.sent().empty() && !transactions_.is_unknown() && (*ask)({}).empty())
                co_return Result<>();
            const Result<> ready = co_await transactions_.get_ready(deadline);
            if (!ready) co_return ready;
            outputs_.drop_unwanted();
            // Those whose outputs were just committed have gone on by now: they waited in front of this.
            if (outputs_.none_waits() && (*ask)({}).empty()) co_return Result<>();
        }
        const Result<Made> made = co_await make(ask, deadline);
        if (!made) co_return made.error();
        if (*made == Made::committed) committed = true;
        if (*made == Made::again && clock_.now() >= deadline)
            co_return Error{Fault::dependency, "a transaction was aborted and is made again"};
    }
}

async::Coroutine<Result<TransactionalOutbox::Impl::Made>> TransactionalOutbox::Impl::make(
    const pipeline::AskProgress* ask, TimePoint deadline) {
    if (!transactions_.goes_on()) {
        const Result<> begun = co_await transactions_.begin(deadline);
        if (!begun) co_return begun.error();
        outputs_.take();
        next_ = 0;
    }
    const Result<> produced = co_await produce(deadline);
    if (!produced) co_return produced.error();
    if (outputs_.refused()) {
        transactions_.spoil();
        const Result<> aborted = co_await transactions_.get_ready(deadline);
        if (!aborted) co_return aborted.error();
        const auto& verdict = outputs_.verdict();
        if (verdict.refused_batch != RD_KAFKA_RESP_ERR_NO_ERROR && !std::exchange(refusal_said_, true))
            say(Severity::warning, refused_batch(verdict.refused_batch));
        if (verdict.trouble.empty()) co_return Made::again;
        co_return Error{Fault::dependency, verdict.trouble};
    }
    // First who commits, then what: a member that is replaced in between is turned away by the broker.
    auto member = co_await transactions_.member();
    if (!member || outputs_.sent_unwanted()) {
        transactions_.spoil();
        if (member) co_return Made::again;
        co_return Error{Fault::dependency, "nothing is committed: the worker is no member of its group at the moment"};
    }
    auto progress = (*ask)(outputs_.origins());
    if (progress.empty()) {
        expects(outputs_.sent().empty(), "an output counts as done in the progress that is committed with it");
        transactions_.spoil();
        co_return Made::again;
    }
    const Result<> committed = co_await transactions_.commit(progress, std::move(member), deadline);
    if (committed) {
        group_.note_committed(progress);
        co_return Made::committed;
    }
    if (transactions_.is_unknown() && clock_.now() < deadline && !hopeless_) co_return Made::again;
    co_return committed.error();
}

async::Coroutine<Result<>> TransactionalOutbox::Impl::produce(TimePoint deadline) {
    const Error late{Fault::dependency, "a transaction's outputs were not acknowledged in time"};
    while (next_ < outputs_.sent().size() && !outputs_.refused()) {
        WaitingOutput& one = *outputs_.sent()[next_];
        if (one.alone && !co_await acknowledged(deadline)) co_return late;
        const auto error = transactions_.produce(one.output, one);
        if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            ++outputs_.counters().waits_for_room;
            co_await changed(deadline);
            if (clock_.now() >= deadline) co_return late;
            continue;
        }
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            transactions_.spoil();
            co_return Error{Fault::dependency, "a transaction was aborted: " + explain(error)};
        }
        ++next_;
        if (one.alone) ++outputs_.counters().sent_alone;
        if (one.alone && !co_await acknowledged(deadline)) co_return late;
    }
    if (!co_await acknowledged(deadline)) co_return late;
    co_return Result<>();
}

async::Coroutine<bool> TransactionalOutbox::Impl::acknowledged(TimePoint deadline) {
    // What is left of a transaction with a refusal in it may wait for ever.
    while (transactions_.under_way() > 0 && !outputs_.refused()) {
        if (clock_.now() >= deadline) co_return false;
        co_await changed(deadline);
    }
    co_return true;
}

async::Coroutine<> TransactionalOutbox::Impl::changed(TimePoint deadline) {
    changed_.emplace();
    clock_.arm(out_of_time_, deadline);
    co_await changed_->wait();
    clock_.disarm(out_of_time_);
}

void TransactionalOutbox::Impl::give_up(const std::string& reason) {
    if (hopeless_) return;
    hopeless_ = reason;
    say(Severity::error, reason);
    if (on_hopeless_) on_hopeless_(reason);
    const Error ended{Fault::cancelled, reason};
    outputs_.give_up_waiting(ended);
    outputs_.give_up_sent(ended);
}

async::Coroutine<> TransactionalOutbox::Impl::close(TimePoint deadline) {
    closed_ = true;
    if (!committing_) co_await preparing_.join();
    const Error ended{Fault::cancelled, "the outbox is closed"};
    // Nobody makes a commit for them any more; what one is under way for may still become durable.
    outputs_.give_up_waiting(ended);
    while (committing_ && clock_.now() < deadline) {
        const TimePoint until = std::min(deadline, clock_.now() + std::chrono::milliseconds(20));
        co_await async::sleep_until(clock_, until);
    }
    stale_ = committing_ || transactions_.is_unknown();
    outputs_.give_up_sent(ended);
}

SinkStats TransactionalOutbox::Impl::stats() const {
    auto stats = outputs_.counters();
    stats.in_flight = transactions_.under_way();
    stats.rebuilds = transactions_.rebuilds();
    stats.errors = transactions_.errors();
    stats.brokers_up = transactions_.brokers_up();
    stats.transactions = transactions_.stats();
    return stats;
}

Result<std::unique_ptr<TransactionalOutbox>> TransactionalOutbox::create(
    async::Executor loop, async::Clock& clock, const InputSettings& input, OutputSettings output,
    const TransactionSettings& transactions, KafkaSource& source, OnNotice on_notice, OnHopeless on_hopeless) {
    if (output.brokers != input.brokers)
        return Error{Fault::config,
                     "output.delivery: `exactly_once` needs the output on the input's brokers, since a transaction "
                     "cannot span two clusters; set `at_least_once`"};
    Group& group = source.group();
    Transactions::Names names{transactional(input, std::move(output), transactions.instance), group.client(),
                              group.name(), transactions.on_a_mock};
    auto impl = std::make_unique<Impl>(loop, clock, std::move(names), transactions, group, std::move(on_notice),
                                       std::move(on_hopeless));
    if (auto started = impl->start(); !started) return started.error();
    return std::unique_ptr<TransactionalOutbox>(new TransactionalOutbox(std::move(impl)));
}

TransactionalOutbox::TransactionalOutbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TransactionalOutbox::~TransactionalOutbox() = default;

void TransactionalOutbox::prepare() { impl_->prepare(); }
bool TransactionalOutbox::fits(const pipeline::Output& output) const { return impl_->fits(output); }
async::Coroutine<Result<>> TransactionalOutbox::publish(pipeline::Output output) {
    return impl_->publish(std::move(output));
}
async::Coroutine<Result<>> TransactionalOutbox::commit(pipeline::AskProgress ask, TimePoint deadline) {
    return impl_->commit(std::move(ask), deadline);
}
bool TransactionalOutbox::wants_commit() const { return impl_->wants_commit(); }
async::Coroutine<> TransactionalOutbox::close(TimePoint deadline) { return impl_->close(deadline); }
SinkStats TransactionalOutbox::stats() const { return impl_->stats(); }

}  // namespace prelabel::kafka
