#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/llm/completion.hpp>

#include <memory>
#include <string>

namespace prelabel::pipeline {

/// A request's bytes, shared because retries send the same ones.
using Body = std::shared_ptr<const std::string>;

/// Port: one attempt at one call. Retries, pacing and caching are the caller's.
class Model {
public:
    Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    virtual ~Model() = default;

    /// Sends `body` (as the endpoint encoded it) and decodes the reply. Completes by `deadline` at the latest, with
    /// ReplyClass::timed_out if nothing came; never throws.
    [[nodiscard]] virtual async::Coroutine<llm::CallOutcome> call(Body body, TimePoint deadline) = 0;
    /// Ends every call under way, and every later one, at once as ReplyClass::connection:
    /// for a shutdown that ran out of time.
    virtual void abort() = 0;
};

}  // namespace prelabel::pipeline
