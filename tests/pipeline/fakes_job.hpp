#pragma once

#include "../sim/sim_clock.hpp"

#include <prelabel/pipeline/labeling_job.hpp>

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

namespace prelabel::pipeline {

/// Gives the replies of its script, one a call, and keeps what it was sent.
class ScriptedModel final : public Model {
public:
    std::deque<llm::CallOutcome> script;
    std::vector<std::string> bodies;

    [[nodiscard]] async::Coroutine<llm::CallOutcome> call(Body body, TimePoint) override {
        bodies.push_back(*body);
        if (script.empty()) {
            ADD_FAILURE() << "a call that nobody expected";
            llm::CallFailure failure;
            failure.reply = llm::ReplyClass::content_filter;  // ends the job
            co_return failure;
        }
        llm::CallOutcome outcome = std::move(script.front());
        script.pop_front();
        co_return outcome;
    }
    void abort() override {}

    /// As servers do that count no tokens.
    void answers_uncounted(std::string content) {
        answers(std::move(content));
        std::get<llm::Completion>(script.back()).usage = {};
    }
    void answers(std::string content, llm::FinishReason finish = llm::FinishReason::stop) {
        llm::Completion completion;
        completion.response_id = "r" + std::to_string(++given_);
        completion.content = std::move(content);
        completion.finish = finish;
        completion.usage.input_tokens = 1'000;
        completion.usage.output_tokens = 100;
        script.emplace_back(std::move(completion));
    }
    void fails(llm::ReplyClass reply) {
        llm::CallFailure failure;
        failure.reply = reply;
        failure.message = "the provider says no";
        failure.said = "no to Ada Lovelace";
        script.emplace_back(std::move(failure));
    }

private:
    int given_ = 0;
};

/// Keeps all answers in memory.
class SmallStore final : public AnswerStore {
public:
    std::vector<std::pair<AnswerKey, llm::Completion>> answers;
    std::string secret;

    [[nodiscard]] async::Coroutine<std::optional<StoredAnswer>> find(AnswerKey key) override {
        std::optional<StoredAnswer> stored;
        for (const auto& [known, completion] : answers) {
            if (known == key) stored = StoredAnswer{completion, record::CacheTier::memory};
        }
        co_return stored;
    }
    [[nodiscard]] async::Coroutine<> put(AnswerKey key, llm::Completion completion) override {
        answers.emplace_back(key, std::move(completion));
        co_return;
    }
    void forget(const AnswerKey& key) override {
        std::erase_if(answers, [&](const auto& kept) { return kept.first == key; });
    }
    [[nodiscard]] Secret key_secret() const override { return Secret(secret); }
};

/// Takes every output; `script` says what the first ones give instead, and `at` when each came.
class ScriptedOutbox final : public Outbox {
public:
    explicit ScriptedOutbox(async::Clock& clock) : clock_(clock) {}

    std::deque<Error> script;
    std::vector<Output> tried;
    std::vector<Output> written;
    std::vector<TimePoint> at;
    std::size_t bytes_max = SIZE_MAX;  // what is known before

    [[nodiscard]] bool fits(const Output& output) const override {
        return output.value.size() + output.frame_bytes() <= bytes_max;
    }
    [[nodiscard]] async::Coroutine<Result<>> publish(Output output) override {
        at.push_back(clock_.now());
        tried.push_back(output);
        if (!script.empty()) {
            Result<> refused = std::move(script.front());
            script.pop_front();
            co_return refused;
        }
        written.push_back(std::move(output));
        co_return Result<>();
    }
    [[nodiscard]] async::Coroutine<Result<>> commit(AskProgress, TimePoint) override { co_return Result<>(); }
    [[nodiscard]] async::Coroutine<> close(TimePoint) override { co_return; }

private:
    async::Clock& clock_;
};

inline labeling::Task people_and_places() {
    labeling::Task task;
    task.name = "people";
    task.instructions = "Label every mention.";
    task.labels = {{"PER", "people"}, {"LOC", "places"}};
    return task;
}

/// All that one LabelingJob needs, in virtual time. Change `settings` and `seed` before run().
class JobWorld {
public:
    explicit JobWorld(std::size_t record_bytes_max = 1'000'000, std::size_t text_bytes_max = 4U << 20)
        : plan_(make_plan(record_bytes_max, text_bytes_max)), outbox(clock) {
        stats.know(people_and_places());
        lease = std::make_shared<Lease>();
    }

    /// Whether what the job gave is durable; none when somebody waits for ever.
    std::optional<bool> run(Record record) {
        const EventListener listener = [this](const Event& event) { events.push_back(event); };
        Endpoint endpoint({{}, {1, 0.5, 2}, settings.limits, settings.call_timeout}, {model, clock}, stats, listener);
        AnswerService answers(settings.retry, {endpoint, store, clock}, stats, seed);
        const auto scope = std::make_shared<const Scope>(lease);
        LabelingJob job({plan_, settings, answers, clock, stats, listener}, std::move(record), scope);
        Publisher publisher({outbox, clock, stats, listener, [] {}}, plan_->record_bytes_max);
        std::optional<bool> ended;
        boost::asio::co_spawn(loop_, run_and_publish(&job, &publisher, scope),
                              [&ended](const std::exception_ptr& error, bool durable) {
                                  EXPECT_FALSE(error);
                                  ended = durable;
                              });
        do {
            loop_.restart();
            loop_.poll();
            if (on_step) on_step();
        } while (!ended && clock.jump());
        return ended;
    }

    [[nodiscard]] const LabelingPlan& plan() const { return *plan_; }
    [[nodiscard]] const Output& output() const {
        expects(outbox.written.size() == 1, "the job wrote one output");
        return outbox.written.front();
    }
    /// The header's value; none when it is missing or there twice.
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const {
        std::optional<std::string> found;
        for (const auto& header : output().headers) {
            if (header.name != name) continue;
            if (found) return std::nullopt;
            found = header.value.value();
        }
        return found;
    }
    [[nodiscard]] bool holds(const std::string& part) const { return output().value.find(part) != std::string::npos; }
    [[nodiscard]] std::size_t troubles() const {
        std::size_t count = 0;
        for (const auto& event : events) count += std::holds_alternative<Trouble>(event) ? 1 : 0;
        return count;
    }

private:
    static async::Coroutine<bool> run_and_publish(LabelingJob* job, Publisher* publisher, ScopePtr scope) {
        std::optional<Outcome> outcome = co_await job->run();
        if (!outcome) co_return false;
        co_return co_await publisher->publish(std::move(*outcome), std::move(scope));
    }
    static std::shared_ptr<const LabelingPlan> make_plan(std::size_t record_bytes_max, std::size_t text_bytes_max) {
        LabelingPlan::Settings settings;
        settings.task = people_and_places();
        settings.input.text_bytes_max = text_bytes_max;
        settings.model.model = "m";
        settings.record_bytes_max = record_bytes_max;
        auto plan = LabelingPlan::make(std::move(settings));
        expects(plan.has_value(), "the task is valid");
        return std::move(*plan);
    }

    boost::asio::io_context loop_;
    std::shared_ptr<const LabelingPlan> plan_;

public:
    sim::SimClock clock;
    Settings settings;
    std::uint64_t seed = 1;
    ScriptedModel model;
    SmallStore store;
    ScriptedOutbox outbox;
    Stats stats;
    std::vector<Event> events;
    std::shared_ptr<Lease> lease;
    std::function<void()> on_step;
};

inline Record record_of(std::string value) {
    Record record;
    record.origin = {{"raw", 3}, 42, 1'700'000'000'000};
    record.key = "k1";
    record.value = std::move(value);
    record.headers = {{"trace", "abc"}};
    return record;
}

inline Record ada_in_zurich() { return record_of(R"({"id":"d1","text":"Ada Lovelace met Grace in Zürich."})"); }

inline constexpr const char* good_answer =
    R"({"entities":[{"label":"PER","text":"Ada Lovelace"},{"label":"LOC","text":"Zürich"}]})";
/// Well-formed, but of another document.
inline constexpr const char* foreign_answer = R"({"entities":[{"label":"PER","text":"Nobody Inparticular"}]})";

}  // namespace prelabel::pipeline
