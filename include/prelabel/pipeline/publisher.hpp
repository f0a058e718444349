#pragma once

#include <prelabel/async/clock.hpp>
#include <prelabel/pipeline/dead_letter.hpp>
#include <prelabel/pipeline/event.hpp>
#include <prelabel/pipeline/outbox.hpp>
#include <prelabel/pipeline/scope.hpp>
#include <prelabel/pipeline/stats.hpp>
#include <prelabel/record/annotation_record.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace prelabel::pipeline {

/// What became of a document that nobody gave up: it is labeled, or why it is not.
struct Outcome {
    Record input;
    AskedWith with;
    std::variant<record::AnnotationRecord, Failure> what;
};

/// Makes outcomes durable and counts them: fits ▸ publish ▸ again after a write that failed ▸ smaller where it is too
/// large ▸ the dead-letter topic where that is not enough.
class Publisher {
public:
    struct Context {
        Outbox& outbox;
        async::Clock& clock;
        Stats& stats;
        const EventListener& on_event;
        std::function<void()> on_try;  ///< before each: an outbox may make it durable with the next commit only
    };

    Publisher(Context context, std::size_t record_bytes_max);

    /// True when the outcome is durable; false when the scope was abandoned before that,
    /// or nothing is published any more.
    [[nodiscard]] async::Coroutine<bool> publish(Outcome outcome, ScopePtr scope);

private:
    enum class Sent { durable, too_large, abandoned };

    /// When even the smallest record is too large, the outcome is that.
    [[nodiscard]] async::Coroutine<Sent> annotate(Outcome* outcome, ScopePtr scope);
    [[nodiscard]] async::Coroutine<bool> bury(Outcome outcome, ScopePtr scope);
    /// After a write that failed, `again` makes the output anew:
    /// that is rare, and a copy kept for it would cost every document.
    [[nodiscard]] async::Coroutine<Sent> send(Output output, std::function<Output()> again, ScopePtr scope);

    Context context_;
    std::size_t record_bytes_max_;
};

}  // namespace prelabel::pipeline
