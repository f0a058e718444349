#pragma once

#include <prelabel/pipeline/outbox.hpp>
#include <prelabel/telemetry/latest_documents.hpp>

namespace prelabel::app {

/// An outbox that also shows on the live page what it has made durable: where admin.show_documents allows it.
/// Cost: a copy of each record while it is written; of one too long to be shown only its size.
class ShownOutbox final : public pipeline::Outbox {
public:
    /// Both outlive it.
    ShownOutbox(pipeline::Outbox& outbox, telemetry::LatestDocuments& latest) : outbox_(outbox), latest_(latest) {}

    [[nodiscard]] bool fits(const pipeline::Output& output) const override { return outbox_.fits(output); }
    [[nodiscard]] async::Coroutine<Result<>> publish(pipeline::Output output) override;
    [[nodiscard]] async::Coroutine<Result<>> commit(pipeline::AskProgress ask, TimePoint deadline) override;
    [[nodiscard]] bool wants_commit() const override { return outbox_.wants_commit(); }
    [[nodiscard]] async::Coroutine<> close(TimePoint deadline) override;

private:
    pipeline::Outbox& outbox_;
    telemetry::LatestDocuments& latest_;
};

}  // namespace prelabel::app
