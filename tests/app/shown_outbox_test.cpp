#include "app/shown_outbox.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Makes durable what it is told to, and keeps what reached it.
class PlainOutbox final : public pipeline::Outbox {
public:
    std::optional<Error> refuses;
    std::vector<std::string> published;
    bool closed = false;

    [[nodiscard]] bool fits(const pipeline::Output& output) const override { return output.value.size() < 1'000; }
    [[nodiscard]] async::Coroutine<Result<>> publish(pipeline::Output output) override {
        if (refuses) co_return *refuses;
        published.push_back(std::move(output.value));
        co_return Result<>();
    }
    [[nodiscard]] async::Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint) override {
        for (const auto& one : ask({})) published.push_back("commit " + std::to_string(one.next));
        co_return Result<>();
    }
    [[nodiscard]] async::Coroutine<> close(TimePoint) override {
        closed = true;
        co_return;
    }
};

class ShownOutboxTest : public ::testing::Test {
protected:
    PlainOutbox plain;
    telemetry::LatestDocuments latest;
    ShownOutbox shown{plain, latest};
    boost::asio::io_context loop{1};

    template <class T>
    void perform(async::Coroutine<T> what) {
        boost::asio::co_spawn(loop.get_executor(), std::move(what), [](const std::exception_ptr& error, auto&&...) {
            if (error) std::rethrow_exception(error);
        });
        loop.restart();
        loop.run();
    }
    static pipeline::Output labeled() {
        return {pipeline::OutputKind::annotation, {{"raw", 1}, 7}, {}, R"({"id":"a"})", {}};
    }
};

TEST_F(ShownOutboxTest, ShowsWhatIsDurable) {
    plain.refuses = Error{Fault::dependency, "no broker"};
    perform(shown.publish(labeled()));
    EXPECT_THAT(latest.json(), Not(HasSubstr(R"({"id":"a"})")));
    plain.refuses.reset();
    perform(shown.publish(labeled()));
    EXPECT_THAT(latest.json(), HasSubstr(R"("latest":[{"id":"a"}])"));
    EXPECT_THAT(plain.published, ElementsAre(R"({"id":"a"})"));
}

TEST_F(ShownOutboxTest, PublishesALongRecordAndShowsItsSize) {
    auto large = labeled();
    large.value.assign(1U << 20, 'x');
    perform(shown.publish(std::move(large)));
    EXPECT_EQ(plain.published.front().size(), 1U << 20);
    EXPECT_THAT(latest.json(), HasSubstr(R"("latest":[{"too_long_bytes":1048576}])"));
}

TEST_F(ShownOutboxTest, ShowsOfADeadLetterWhyAndWhereAndNotItsBytes) {
    perform(shown.publish({pipeline::OutputKind::dead_letter,
                           {{"raw", 1}, 7},
                           {},
                           "\xFF the document",
                           {{"prelabel.error.class", "refused"}, {"prelabel.error.message", "the model refused"}}}));
    EXPECT_THAT(latest.json(), HasSubstr(R"({"class":"refused","message":"the model refused","place":"raw/1/7"})"));
    EXPECT_THAT(latest.json(), Not(HasSubstr("the document")));
}

TEST_F(ShownOutboxTest, IsOtherwiseTheOutboxBehindIt) {
    auto large = labeled();
    large.value.assign(1'000, 'x');
    EXPECT_FALSE(shown.fits(large));
    EXPECT_TRUE(shown.fits(labeled()));
    perform(
        shown.commit([](const auto&) { return std::vector<pipeline::Progress>{{{"raw", 1}, 8}}; }, TimePoint::max()));
    EXPECT_THAT(plain.published, ElementsAre("commit 8"));
    perform(shown.close(TimePoint::max()));
    EXPECT_TRUE(plain.closed);
}

}  // namespace
}  // namespace prelabel::app
