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
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::pipeline {

/// A request that is its text, between the fixed bytes of one turn.
inline Request request_for(const std::string& text) {
    static const llm::RequestForm nothing_else;
    return {nothing_else, [text] { return std::vector<llm::Message>{{llm::Role::user, text}}; }};
}
inline std::string text_of(const std::string& body) {
    constexpr std::string_view before = R"({"role":"user","content":")";
    constexpr std::string_view after = R"("}],)";  // and what all requests say
    return body.substr(before.size(), body.find(after) - before.size());
}

/// A provider in virtual time: `reply` decides when a call arrives, and says when its outcome comes back.
class FakeProvider final : public Model {
public:
    struct Reply {
        llm::CallOutcome outcome;
        Duration after = std::chrono::milliseconds(200);
    };
    struct Call {
        std::string text;
        TimePoint at;
        bool answered = false;
        bool throttled = false;
    };

    explicit FakeProvider(async::Clock& clock) : clock_(clock) {}

    std::function<Reply(const std::string& text, TimePoint now)> reply;
    std::vector<Call> calls;
    std::size_t in_flight = 0;
    std::string last_body;

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(Body body, TimePoint) override {
        ++in_flight;
        const std::string text = text_of(*body);
        last_body = *body;
        Reply given = reply(text, clock_.now());
        const auto* failure = std::get_if<llm::CallFailure>(&given.outcome);
        calls.push_back({text, clock_.now(), !failure, failure && failure->reply == llm::ReplyClass::throttled});
        co_await async::sleep_until(clock_, clock_.now() + given.after);
        --in_flight;
        co_return std::move(given.outcome);
    }
    void abort() override {}

    [[nodiscard]] std::size_t calls_for(const std::string& text) const {
        return static_cast<std::size_t>(std::ranges::count(calls, text, &Call::text));
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
    /// As servers give it that count no tokens.
    static llm::CallOutcome uncounted_answer() {
        auto outcome = answer();
        std::get<llm::Completion>(outcome).usage = {};
        return outcome;
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

    /// A reply that holds no answer, and was charged like one.
    static llm::CallOutcome charged_failure() {
        auto outcome = failure(llm::ReplyClass::malformed_reply);
        std::get<llm::CallFailure>(outcome).usage = {.requests = 1, .input_tokens = 100, .output_tokens = 10};
        return outcome;
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
        if (endpoint_) endpoint_->admission().close();
        loop.finish();
    }

    struct Document {
        flow::Effort effort;
        std::shared_ptr<std::optional<Obtained>> got;
        TimePoint asked_at;

        [[nodiscard]] bool answered() const { return *got && std::holds_alternative<Answered>(**got); }
        [[nodiscard]] const Unanswered* failure() const { return *got ? std::get_if<Unanswered>(&**got) : nullptr; }
    };

    Document& ask(const std::string& text) {
        Document& document = documents.emplace_back();
        document.asked_at = loop.now();
        document.got =
            loop.start(service().obtain(request_for(text), &document.effort, std::make_shared<const Scope>(lease)));
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
    Endpoint& endpoint() {
        service();
        return *endpoint_;
    }
    Admission& admission() { return endpoint().admission(); }
    AnswerService& service() {
        if (!service_) {
            model.max_output_tokens = max_output_tokens;
            endpoint_.emplace(Endpoint::Terms{model, price, settings.limits, settings.call_timeout, first_call_alone,
                                              settings.cost_max_usd},
                              Endpoint::Ports{provider, loop.clock()}, stats,
                              [this](const Event& event) { events.push_back(event); });
            service_.emplace(settings.retry, AnswerService::Ports{*endpoint_, store, loop.clock()}, stats, 1);
        }
        return *service_;
    }

    FakeLoop loop;
    FakeProvider provider;
    SmallStore store;
    Settings settings;
    std::uint32_t max_output_tokens = 100;
    llm::ModelSettings model;
    llm::Price price;
    Duration first_call_alone{};  // here, and not in production, all begin at once
    Stats stats;
    std::vector<Event> events;
    std::shared_ptr<Lease> lease = std::make_shared<Lease>();
    std::list<Document> documents;

private:
    std::optional<Endpoint> endpoint_;
    std::optional<AnswerService> service_;
};

}  // namespace prelabel::pipeline
