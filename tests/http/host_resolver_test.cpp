#include "http/host_resolver.hpp"

#include "loopback.hpp"

#include <condition_variable>
#include <mutex>

namespace prelabel::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A server of names that answers when it is told to. Its look-ups run on threads of their own.
class Names {
public:
    Resolved look_up() {
        std::unique_lock lock(mutex_);
        const int mine = ++asked_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return mine <= answered_ || all_; });
        return answer_;
    }
    void answer(Resolved with) {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(with);
        all_ = true;
        changed_.notify_all();
    }
    /// Answers the nth look-up and those before it.
    void wait_until_asked(int times) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return asked_ >= times; });
    }
    [[nodiscard]] int asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Resolved answer_;
    int asked_ = 0;
    int answered_ = 0;
    bool all_ = false;
};

/// The loop's time, and more when a test wants it to be later.
class LaterClock final : public async::Clock {
public:
    explicit LaterClock(async::Clock& real) : real_(real) {}
    [[nodiscard]] TimePoint now() const override { return real_.now() + later_; }
    [[nodiscard]] WallTime wall_now() const override { return real_.wall_now(); }
    void arm(async::Timer& timer, TimePoint at) override { real_.arm(timer, at - later_); }
    void disarm(async::Timer& timer) override { real_.disarm(timer); }
    void pass(Duration time) { later_ += time; }

private:
    async::Clock& real_;
    Duration later_{};
};

const Resolved found{{Address(boost::asio::ip::address_v4::loopback(), 80)}, {}};
const Resolved not_found{{}, boost::asio::error::host_not_found};

class HostResolverTest : public Loopback {
protected:
    HostResolverTest() { make("api.example.com"); }
    ~HostResolverTest() override { names_->answer(found); }

    void make(std::string host) {
        resolver_ = std::make_unique<HostResolver>(
            executor(), later_, aborts_, std::move(host), 80,
            [names = names_](const std::string&, std::uint16_t) { return names->look_up(); });
    }
    void ask(Duration within = seconds(50)) {
        boost::asio::co_spawn(io_, note(resolver_.get(), later_.now() + within, &answers_), rethrow);
    }
    static Coroutine<> note(HostResolver* resolver, TimePoint deadline, std::vector<Resolved>* answers) {
        answers->push_back(co_await resolver->resolve(deadline));
    }
    void turn_until(std::size_t answers) {
        io_.restart();
        while (answers_.size() < answers && io_.run_one_for(seconds(60)) > 0) {
        }
        ASSERT_EQ(answers_.size(), answers);
    }
    void turn() {
        io_.restart();
        io_.poll();
    }

    std::shared_ptr<Names> names_ = std::make_shared<Names>();
    LaterClock later_{clock_};
    AbortList aborts_;
    std::unique_ptr<HostResolver> resolver_;
    std::vector<Resolved> answers_;
};

TEST_F(HostResolverTest, ManyWhoAskAtOnceShareOneLookUp) {
    for (int i = 0; i < 1'000; ++i) ask();
    turn();
    names_->answer(found);
    turn_until(1'000);
    EXPECT_EQ(names_->asked(), 1);
    for (const Resolved& answer : answers_) EXPECT_EQ(answer.addresses, found.addresses);
    ask();
    turn_until(1'001);  // it is kept for a while
    EXPECT_EQ(names_->asked(), 1);
    later_.pass(AddressBook::fresh_for);
    ask();
    turn_until(1'002);
    EXPECT_EQ(names_->asked(), 2);
}

TEST_F(HostResolverTest, AFailureIsSharedAndSoonAskedAgain) {
    for (int i = 0; i < 100; ++i) ask();
    turn();
    names_->answer(not_found);
    turn_until(100);
    ask();
    turn_until(101);
    EXPECT_EQ(names_->asked(), 1);
    for (const Resolved& answer : answers_) EXPECT_EQ(answer.error, boost::asio::error::host_not_found);
    names_->answer(found);
    later_.pass(AddressBook::failed_for);
    ask();
    turn_until(102);
    EXPECT_EQ(answers_.back().addresses, found.addresses);
}

TEST_F(HostResolverTest, ALookUpThatHangsHindersNoOther) {
    ask(milliseconds(20));
    turn_until(1);
    EXPECT_EQ(answers_.back().error, boost::asio::error::timed_out);
    for (int i = 0; i < 10; ++i) {
        later_.pass(HostResolver::hangs_after);
        ask(milliseconds(20));
        turn_until(static_cast<std::size_t>(i) + 2);
    }
    names_->wait_until_asked(HostResolver::look_ups_max);
    EXPECT_EQ(names_->asked(), HostResolver::look_ups_max);
    ask();
    turn();
    names_->answer(found);
    turn_until(12);
    EXPECT_EQ(answers_.back().addresses, found.addresses);
}

TEST_F(HostResolverTest, KnownAddressesServeWhileALookUpFailsOrHangs) {
    names_->answer(found);
    ask();
    turn_until(1);
    names_->answer(not_found);
    later_.pass(AddressBook::fresh_for);
    ask();
    turn_until(2);
    EXPECT_EQ(names_->asked(), 2);
    EXPECT_EQ(answers_.back().addresses, found.addresses);
    later_.pass(AddressBook::usable_for);
    ask();
    turn_until(3);
    EXPECT_EQ(answers_.back().error, boost::asio::error::host_not_found);
}

TEST_F(HostResolverTest, NeitherAnAbortNorTheEndWaitsForALookUp) {
    ask();
    turn();
    aborts_.abort();
    turn_until(1);
    EXPECT_EQ(answers_.back().error, boost::asio::error::operation_aborted);
    resolver_.reset();
    names_->answer(found);  // comes too late, to nobody
    turn();
}

TEST_F(HostResolverTest, AnAddressIsItsOwn) {
    make("127.0.0.2");
    ask();
    turn_until(1);
    EXPECT_EQ(names_->asked(), 0);
    EXPECT_EQ(answers_.back().addresses.front().address().to_string(), "127.0.0.2");
}

}  // namespace
}  // namespace prelabel::http
