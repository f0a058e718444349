#pragma once

#include <prelabel/async/coroutine.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/base/result.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/pipeline/scope.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::pipeline {

enum class OutputKind { annotation, dead_letter };

/// What is published for one input record. `origin` is the input's place.
struct Output {
    OutputKind kind = OutputKind::annotation;
    Origin origin;
    std::optional<std::string> key;
    std::string value;
    std::vector<Header> headers;
    ScopePtr scope{};  ///< whether it is still wanted; none: always

    /// Its document was given up: its partition was taken away, or nobody waits any longer.
    [[nodiscard]] bool unwanted() const { return scope && scope->abandoned(); }
    /// What a broker's limit on a record counts besides the value: key, headers, and at most what frames them.
    [[nodiscard]] std::size_t frame_bytes() const;
};

/// How far a partition is done: everything below `next`, and above it what the map says (flow::DoneMap).
struct Progress {
    Partition partition;
    Offset next = 0;
    std::string done_above{};

    friend bool operator==(const Progress&, const Progress&) = default;
};

/// Tells how far those partitions are done that got further since the last commit: as of now, however long a commit has
/// waited. The documents in `together` count as done in it: an outbox that makes their outputs durable only with the
/// progress names them, and their publish() completes after.
using AskProgress = std::function<std::vector<Progress>(const std::vector<Origin>& together)>;

/// Port: makes outputs durable, and how far the inputs are done; both at once where it can. Many publish() may be under
/// way at once, and one commit() beside them.
class Outbox {
public:
    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    virtual ~Outbox() = default;

    /// False when it is known before anything is sent that the output is too large.
    [[nodiscard]] virtual bool fits(const Output& output) const = 0;
    /// Completes when the output is durable (for Kafka: acknowledged by all in-sync replicas).
    /// An outbox that makes outputs durable only with progress drops one that is unwanted by then:
    /// its next owner's output counts.
    /// Errors: Fault::input when this output is too large after all, and nothing else; Fault::dependency when trying
    ///         again may help; Fault::cancelled when nothing is published any more, so that the document is given up.
    [[nodiscard]] virtual async::Coroutine<Result<>> publish(Output output) = 0;
    /// Makes progress durable, and the outputs that wait for it. `ask` may be called until commit() completes; what it
    /// told last is what was committed. With nothing to commit it completes at once.
    /// Errors: Fault::dependency, at the latest at `deadline`; nothing is lost, the next commit covers it.
    [[nodiscard]] virtual async::Coroutine<Result<>> commit(AskProgress ask, TimePoint deadline) = 0;
    /// So much waits for a commit that it should not wait for its interval.
    [[nodiscard]] virtual bool wants_commit() const { return false; }
    /// Publishes nothing more; returns when all outputs are durable, or given up at `deadline` where waiting may not
    /// help. A last commit() may follow.
    [[nodiscard]] virtual async::Coroutine<> close(TimePoint deadline) = 0;
};

}  // namespace prelabel::pipeline
