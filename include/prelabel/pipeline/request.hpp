#pragma once

#include <prelabel/llm/dialect.hpp>
#include <prelabel/llm/message.hpp>

#include <functional>
#include <vector>

namespace prelabel::pipeline {

/// What is asked about a document, in no provider's dialect yet: whoever answers it encodes it in their own.
/// Lifetime: `form` and what `turns` reads outlive the request.
struct Request {
    /// What is the same for all documents of the task, for the model that is asked.
    const llm::RequestForm& form;
    /// The document's own turns, made anew at each call: they hold the text once more, so nobody keeps them.
    std::function<std::vector<llm::Message>()> turns;
};

}  // namespace prelabel::pipeline
