#include "kafka/transactions.hpp"

#include "kafka/explain.hpp"

#include <prelabel/base/expects.hpp>
#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::kafka {
namespace {

constexpr Duration call_max = std::chrono::seconds(1);
constexpr Duration call_min = std::chrono::milliseconds(50);
constexpr Duration pause = std::chrono::milliseconds(20);

}  // namespace

Transactions::Transactions(async::Executor loop, async::Clock& clock, Names names, Events events)
    : clock_(clock),
      names_(std::move(names)),
      events_(std::move(events)),
      timeout_(transaction_timeout(names_.output.properties)),
      wakeup_(loop, [this] { serve(); }),
      reports_{
          [this](Delivery& delivery, const rd_kafka_message_t& message) { events_.delivered(delivery, message.err); },
          [this](rd_kafka_event_t* event) { heard(event); }},
      blocking_(loop) {}

Transactions::~Transactions() = default;

Result<> Transactions::start() {
    auto made = Producer::create(names_.output, Batching::shared, wakeup_);
    if (!made) return made.error();
    producer_ = std::move(*made);
    state_ = State::new_client;
    return {};
}

bool Transactions::goes_on() const {
    return state_ == State::open && !spoilt_ && !producer_->failed() && clock_.now() - opened_ < timeout_ / 2;
}

async::Coroutine<Result<>> Transactions::get_ready(TimePoint deadline) {
    while (state_ != State::ready || !unknown_.empty() || sent_twice_) {
        Result<> done;
        if (state_ == State::open) {
            done = co_await abort(deadline);
        } else if (sent_twice_) {
            say(Severity::info,
                "a step of a transaction took long and may have been sent twice: its producer is replaced");
            discard();
        } else if (state_ == State::ready) {
            done = co_await read_back(deadline);
        } else {
            done = co_await take_client(deadline);
        }
        if (!done) co_return done;
    }
    co_return Result<>();
}

async::Coroutine<Result<>> Transactions::take_client(TimePoint deadline) {
    if (discarded_) {
        auto destroy = [dead = std::exchange(discarded_, nullptr)]() mutable {
            dead.reset();
            return true;
        };
        co_await blocking_.run(std::move(destroy));
    }
    if (state_ == State::no_client) {
        ++rebuilds_;
        if (auto made = start(); !made) co_return Error{Fault::dependency, made.error().message};
    }
    Call init = [client = producer_->client()](transaction::Bound bound) { return transaction::init(client, bound); };
    const auto course = co_await attempt(TransactionStep::init, std::move(init), deadline);
    if (!course) {
        state_ = State::ready;
        Result<> real = co_await refuse_a_mock();
        co_return real;
    }
    if (*course == TransactionCourse::rebuild) discard();
    co_return failed("transactions cannot be begun yet");
}

async::Coroutine<Result<>> Transactions::refuse_a_mock() {
    if (names_.on_a_mock || std::exchange(mock_refused_, true)) co_return Result<>();
    auto look = [client = producer_->client()] { return transaction::is_a_mock(client, transaction::Bound(1'000)); };
    const bool mock = co_await blocking_.run(std::move(look));
    if (!mock) co_return Result<>();
    last_ = {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, false, false, "this is librdkafka's mock broker"};
    give_up();
    co_return failed("there are no transactions here");
}

async::Coroutine<Result<>> Transactions::read_back(TimePoint deadline) {
    using Found = std::optional<bool>;
    Found committed;
    for (;;) {
        const auto bound =
            std::chrono::ceil<transaction::Bound>(std::clamp(deadline - clock_.now(), call_min, call_max));
        auto ask = [client = producer_->client(), group = names_.group, sent = unknown_, bound] {
            return transaction::read_back(client, group, sent, bound);
        };
        committed = co_await blocking_.run(std::move(ask));
        if (committed) break;
        if (clock_.now() >= deadline)
            co_return Error{Fault::dependency, "the group does not say yet whether the last transaction was committed"};
        co_await async::sleep_until(clock_, clock_.now() + pause);
    }
    unknown_.clear();
    say(Severity::info, *committed ? "the transaction that got no answer was committed"
                                   : "the transaction that got no answer was not committed: it is made again");
    end(*committed);
    co_return Result<>();
}

async::Coroutine<Result<>> Transactions::begin(TimePoint deadline) {
    expects(state_ == State::ready && unknown_.empty(), "one transaction at a time");
    opened_ = clock_.now();
    Call call = [client = producer_->client()](transaction::Bound) { return transaction::begin(client); };
    const auto course = co_await attempt(TransactionStep::begin, std::move(call), deadline);
    if (!course) {
        state_ = State::open;
        spoilt_ = false;
        co_return Result<>();
    }
    if (*course != TransactionCourse::give_up) discard();
    co_return failed("a transaction could not be begun");
}

rd_kafka_resp_err_t Transactions::produce(const pipeline::Output& output, Delivery& delivery) {
    return producer_->produce(output, delivery);
}

async::Coroutine<transaction::MemberPtr> Transactions::member() {
    auto ask = [consumer = names_.consumer] { return transaction::member(consumer); };
    transaction::MemberPtr found = co_await blocking_.run(std::move(ask));
    co_return found;
}

async::Coroutine<Result<>> Transactions::commit(std::vector<pipeline::Progress> progress, transaction::MemberPtr member,
                                                TimePoint deadline) {
    expects(state_ == State::open && !spoilt_, "what is committed is open");
    Call send = [client = producer_->client(), progress, member](transaction::Bound bound) {
        return transaction::send_offsets(client, progress, member, bound);
    };
    auto course = co_await attempt(TransactionStep::send_offsets, std::move(send), deadline);
    if (course) {
        spoilt_ = true;
        if (*course == TransactionCourse::rebuild) {
            discard();
            end(false);
        }
        co_return failed("a transaction was aborted: the group did not take its offsets");
    }
    Call call = [client = producer_->client()](transaction::Bound bound) { return transaction::commit(client, bound); };
    course = co_await attempt(TransactionStep::commit, std::move(call), deadline);
    if (!course) {
        stats_.seconds.observe(clock_.now() - opened_);
        state_ = State::ready;
        end(true);
        co_return Result<>();
    }
    ++stats_.indefinite;
    unknown_ = std::move(progress);
    discard();
    co_return failed("the commit of a transaction got no answer");
}

async::Coroutine<Result<>> Transactions::abort(TimePoint deadline) {
    Call call = [client = producer_->client()](transaction::Bound bound) { return transaction::abort(client, bound); };
    const auto course = co_await attempt(TransactionStep::abort, std::move(call), deadline);
    if (course && *course == TransactionCourse::give_up) co_return failed("a transaction could not be aborted");
    if (course) {
        discard();
    } else {
        state_ = State::ready;
    }
    end(false);
    co_return Result<>();
}

async::Coroutine<std::optional<TransactionCourse>> Transactions::attempt(TransactionStep step, Call call,
                                                                         TimePoint deadline) {
    const TimePoint asked = clock_.now();
    for (;;) {
        const auto bound =
            std::chrono::ceil<transaction::Bound>(std::clamp(deadline - clock_.now(), call_min, call_max));
        auto blocking = [call, bound] { return call(bound); };
        const transaction::Outcome failure = co_await blocking_.run(std::move(blocking));
        const TimePoint now = clock_.now();
        if (now - asked >= sent_once_within && changes_the_broker(step)) sent_twice_ = true;
        if (!failure) co_return std::nullopt;
        last_ = *failure;
        const auto course = course_after(step, last_, {now - opened_, timeout_, now >= deadline});
        if (course == TransactionCourse::give_up) give_up();
        if (course != TransactionCourse::again || now >= deadline) co_return course;
        co_await async::sleep_until(clock_, now + pause);
    }
}

Error Transactions::failed(const char* what) const {
    return {Fault::dependency, std::string(what) + ": " + explain(last_.code, last_.said)};
}

void Transactions::end(bool committed) {
    ++(committed ? stats_.committed : stats_.aborted);
    spoilt_ = false;
    events_.ended(committed);
}

void Transactions::discard() {
    sent_twice_ = false;
    discarded_ = std::move(producer_);
    state_ = State::no_client;
}

void Transactions::give_up() {
    if (is_a_twin(last_, {clock_.now() - opened_, timeout_, false}))
        return events_.hopeless("another worker uses the transactional id `" + names_.output.transactional_id +
                                "`: give each its own `output.kafka.instance`");
    events_.hopeless("`output.delivery: exactly_once` cannot be kept: " + explain(last_.code, last_.said));
}

void Transactions::serve() {
    if (producer_) producer_->serve(reports_);
    events_.served();
}

void Transactions::heard(rd_kafka_event_t* event) {
    const auto type = rd_kafka_event_type(event);
    if (type == RD_KAFKA_EVENT_ERROR) ++errors_;
    // What failed for good is replaced; who is to blame, if anybody, is said where that is known.
    if (type == RD_KAFKA_EVENT_ERROR && rd_kafka_event_error_is_fatal(event) != 0)
        return say(Severity::warning,
                   "a transactional producer is replaced: " + redacted(rd_kafka_event_error_string(event)));
    auto notice =
        type == RD_KAFKA_EVENT_STATS ? brokers_.take(rd_kafka_event_stats(event)) : std::optional(notice_of(event));
    if (notice) say(notice->severity, std::move(notice->text));
}

void Transactions::say(Severity severity, std::string text) const {
    if (events_.on_notice) events_.on_notice({severity, std::move(text)});
}

}  // namespace prelabel::kafka
