#include "app/shown_outbox.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace prelabel::app {
namespace {

std::string header(const pipeline::Output& output, std::string_view name) {
    const auto found = std::ranges::find(output.headers, name, &Header::name);
    return found == output.headers.end() ? std::string() : found->value.value_or("");
}

}  // namespace

async::Coroutine<Result<>> ShownOutbox::publish(pipeline::Output output) {
    const bool labeled = output.kind == pipeline::OutputKind::annotation;
    std::string what =
        labeled ? telemetry::LatestDocuments::shown_of(output.value) : header(output, "prelabel.error.class");
    const std::string message = labeled ? std::string() : header(output, "prelabel.error.message");
    const std::string place = output.origin.name();
    const Result<> published = co_await outbox_.publish(std::move(output));
    if (published && labeled) latest_.labeled(std::move(what));
    if (published && !labeled) latest_.dead_lettered(what, message, place);
    co_return published;
}

async::Coroutine<Result<>> ShownOutbox::commit(pipeline::AskProgress ask, TimePoint deadline) {
    return outbox_.commit(std::move(ask), deadline);
}

async::Coroutine<> ShownOutbox::close(TimePoint deadline) { return outbox_.close(deadline); }

}  // namespace prelabel::app
