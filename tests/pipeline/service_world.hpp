#pragma once

#include "fake_loop.hpp"
#include "fakes_job.hpp"

#include <prelabel/pipeline/answer_service.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// A provider in virtual time: `reply` decides when a call arrives, and says when its outcome comes back.
class FakeProvider final : public Model {
public:
    struct Reply {
        llm::CallOutcome outcome;
        Duration after = std::chrono::milliseconds(200);
    };
    struct Call {
        std::string body;
        TimePoint at;
        bool answered = false;
        bool throttled = false;
    };

    explicit FakeProvider(async::Clock& clock) : clock_(clock) {}

    std::function<Reply(const std::string& body, TimePoint now)> reply;
    std::vector<Call> calls;
    std::size_t in_flight = 0;

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(Body body, TimePoint) override {
        ++in_flight;
        Reply given = reply(*body, clock_.now());
        const auto* failure = std::get_if<llm::CallFailure>(&given.outcome);
        calls.push_back({*body, clock_.now(), !failure, failure && failure->reply == llm::ReplyClass::throttled});
        co_await async::sleep_until(clock_, clock_.now() + given.after);
        --in_flight;
        co_return std::move(given.outcome);
    }
    void abort() override {}

    [[nodiscard]] std::size_t calls_for(const std::string& body) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(calls, [&](const Call& call) { return call.body == body; }));
    }

    static llm::CallOutcome answer(const std::string& content = "{}",
                                   llm::FinishReason finish = llm::FinishReason::stop) {
        llm::Completion completion;
        completion.content = content;
        completion.finish = finish;
        completion.usage.input_tokens = 100;
        completion.usage.output_tokens = 10;
        return completion;
    }
    static llm::CallOutcome failure(llm::ReplyClass reply, std::optional<Duration> retry_after = {},
                                    std::string parameter = {}) {
        llm::CallFailure failure;
        failure.reply = reply;
        failure.message = "HTTP " + std::string(to_string(reply));
        failure.retry_after = retry_after;
        failure.parameter = std::move(parameter);
        return failure;
    }

private:
    async::Clock& clock_;
};

/// An AnswerService between a fake provider and documents that ask it, one request each.
class ServiceWorld {
public:
    explicit ServiceWorld(Settings with = {}) : provider(loop.clock()), settings(with) {}
    ServiceWorld(const ServiceWorld&) = delete;
    ServiceWorld& operator=(const ServiceWorld&) = delete;
    ~ServiceWorld() {
        if (admission_) admission_->close();
        loop.finish();
    }

    struct Document {
        flow::Effort effort;
        std::shared_ptr<std::optional<Obtained>> got;
        TimePoint asked_at;

        [[nodiscard]] bool answered() const { return *got && std::holds_alternative<Answered>(**got); }
        [[nodiscard]] const Failure* failure() const { return *got ? std::get_if<Failure>(&**got) : nullptr; }
    };

    Document& ask(const std::string& body) {
        Document& document = documents.emplace_back();
        document.asked_at = loop.now();
        document.got = loop.start(service().obtain(std::make_shared<const std::string>(body), &document.effort, lease));
        return document;
    }
    void ask_many(std::size_t how_many, const std::string& name = "document ") {
        for (std::size_t i = 0; i < how_many; ++i) ask(name + std::to_string(i));
    }
    [[nodiscard]] std::size_t answered() const {
        return static_cast<std::size_t>(std::ranges::count_if(documents, &Document::answered));
    }
    [[nodiscard]] std::size_t failed() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(documents, [](const Document& document) { return document.failure() != nullptr; }));
    }
    [[nodiscard]] std::size_t waiting() const { return documents.size() - answered() - failed(); }
    template <class Kind>
    [[nodiscard]] std::vector<Kind> heard() const {
        std::vector<Kind> found;
        for (const auto& event : events) {
            if (const auto* kind = std::get_if<Kind>(&event)) found.push_back(*kind);
        }
        return found;
    }
    Admission& admission() {
        service();
        return *admission_;
    }
    AnswerService& service() {
        if (!service_) {
            admission_.emplace(settings.limits, max_output_tokens, loop.clock(), stats);
            service_.emplace(
                AnswerService::Terms{settings, {}, "https://model"},
                AnswerService::Ports{provider, store, loop.clock()}, *admission_, stats,
                [this](const Event& event) { events.push_back(event); }, 1);
        }
        return *service_;
    }

    FakeLoop loop;
    FakeProvider provider;
    SmallStore store;
    Settings settings;
    std::uint64_t max_output_tokens = 100;
    Stats stats;
    std::vector<Event> events;
    std::shared_ptr<Lease> lease = std::make_shared<Lease>();
    std::list<Document> documents;

private:
    std::optional<Admission> admission_;
    std::optional<AnswerService> service_;
};

}  // namespace prelabel::pipeline
