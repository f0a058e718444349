#include <prelabel/pipeline/publisher.hpp>
#include <prelabel/record/annotation_json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace prelabel::pipeline {
namespace {

constexpr Duration retry_wait = std::chrono::seconds(1);
constexpr std::string_view version_header = "prelabel-task-version";

struct Rendered {
    Output output;
    bool text_dropped = false;
};

Result<Rendered> render(const Outcome& outcome, std::size_t bytes_max) {
    const Record& input = outcome.input;
    const auto& annotation = std::get<record::AnnotationRecord>(outcome.what);
    Output output;
    output.origin = input.origin;
    output.key = input.key ? input.key : annotation.id;
    output.headers = input.headers;
    std::erase_if(output.headers, [](const Header& header) { return header.name == version_header; });
    output.headers.push_back({std::string(version_header), outcome.with.task_version});
    const std::size_t frame = output.frame_bytes();
    auto line = record::to_json_within(annotation, bytes_max - std::min(bytes_max, frame));
    if (!line)
        return Error{Fault::input, "key and headers have " + std::to_string(frame) + " bytes; " + line.error().message};
    output.value = std::move(line->line);
    return Rendered{std::move(output), line->text_dropped};
}

}  // namespace

Publisher::Publisher(Context context, std::size_t record_bytes_max)
    : context_(std::move(context)), record_bytes_max_(record_bytes_max) {}

async::Coroutine<bool> Publisher::publish(Outcome outcome, ScopePtr scope) {
    if (std::holds_alternative<record::AnnotationRecord>(outcome.what)) {
        const Sent sent = co_await annotate(&outcome, scope);
        if (sent != Sent::too_large) co_return sent == Sent::durable;
    }
    co_return co_await bury(std::move(outcome), std::move(scope));
}

async::Coroutine<Publisher::Sent> Publisher::annotate(Outcome* outcome, ScopePtr scope) {
    const auto& annotation = std::get<record::AnnotationRecord>(outcome->what);
    const bool partial = annotation.status == record::Status::partial;
    std::size_t bytes_max = record_bytes_max_;
    // A topic may take less than configured: then the record is made once more, smaller, which leaves out its text.
    for (;;) {
        auto rendered = render(*outcome, bytes_max);
        if (!rendered) {
            Failure failure{DeadLetterClass::too_large, rendered.error().message, annotation.attempts, {}};
            if (annotation.priced) failure.cost_usd = annotation.usage.cost_usd;
            outcome->what = std::move(failure);
            co_return Sent::too_large;
        }
        Output& output = rendered->output;
        const std::size_t bytes = output.value.size() + output.frame_bytes();
        Sent sent = Sent::too_large;
        if (context_.outbox.fits(output)) {
            std::function<Output()> again = [outcome, bytes_max] { return render(*outcome, bytes_max).value().output; };
            sent = co_await send(std::move(output), std::move(again), scope);
        }
        if (sent == Sent::durable) {
            ++(partial ? context_.stats.documents_partial : context_.stats.documents_complete);
            if (rendered->text_dropped) ++context_.stats.texts_dropped;
        }
        if (sent != Sent::too_large) co_return sent;
        bytes_max = bytes - 1;
    }
}

async::Coroutine<bool> Publisher::bury(Outcome outcome, ScopePtr scope) {
    const Failure failure = std::move(std::get<Failure>(outcome.what));
    const Origin origin = outcome.input.origin;
    Output letter = make_dead_letter(std::move(outcome.input), failure, outcome.with, context_.clock.wall_now());
    Sent sent = Sent::too_large;
    // A dead letter too large for its topic goes with less: its own headers still say where the document is.
    for (std::size_t refusals = 0; sent == Sent::too_large && !scope->abandoned(); ++refusals) {
        if (!shorten_dead_letter(letter, refusals)) {
            context_.on_event(Trouble{"the dead-letter topic refuses even the shortest dead letter"});
            co_await async::sleep_until(context_.clock, context_.clock.now() + retry_wait);
        }
        if (!context_.outbox.fits(letter)) continue;
        std::function<Output()> again = [&letter] { return letter; };
        Output first = letter;  // the only copy, and only of a letter that may be taken
        sent = co_await send(std::move(first), std::move(again), scope);
    }
    if (sent != Sent::durable) co_return false;
    ++context_.stats.dead_letters[failure.reason];
    context_.on_event(DocumentDeadLettered{origin, failure.reason, failure.message, failure.said});
    co_return true;
}

async::Coroutine<Publisher::Sent> Publisher::send(Output output, std::function<Output()> again, ScopePtr scope) {
    while (!scope->abandoned()) {
        context_.on_try();
        output.scope = scope;
        const Result<> published = co_await context_.outbox.publish(std::move(output));
        if (published) co_return Sent::durable;
        if (published.error().fault == Fault::cancelled) co_return Sent::abandoned;
        ++context_.stats.write_failures;
        if (published.error().fault == Fault::input) co_return Sent::too_large;
        context_.on_event(Trouble{published.error().message});
        co_await async::sleep_until(context_.clock, context_.clock.now() + retry_wait);
        output = again();
    }
    co_return Sent::abandoned;
}

}  // namespace prelabel::pipeline
