#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/base/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::pipeline {

enum class OutputKind { annotation, dead_letter };

/// What is published for one input record. `origin` is the input's place: a transactional sink commits it with the
/// output.
struct Output {
    OutputKind kind = OutputKind::annotation;
    Origin origin;
    std::optional<std::string> key;
    std::string value;
    std::vector<Header> headers;

    /// What a broker's limit on a record counts besides the value: key, headers, and at most what frames them.
    [[nodiscard]] std::size_t frame_bytes() const;
};

/// Port: where outputs go. Many writes may be under way at once.
class Sink {
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    /// Completes when the output is durable (for Kafka: acknowledged by all in-sync replicas).
    /// Errors: Fault::input when this output is too large, and nothing else; Fault::dependency when trying again may
    /// help; Fault::cancelled when the sink writes nothing any more, so that the document is given up.
    [[nodiscard]] virtual async::Coroutine<Result<>> write(Output output) = 0;
    /// Writes nothing more; returns when all is durable, or given up at `deadline` where waiting may not help.
    [[nodiscard]] virtual async::Coroutine<> close(TimePoint deadline) = 0;
};

}  // namespace prelabel::pipeline
