#pragma once

#include <prelabel/base/result.hpp>
#include <prelabel/kafka/settings.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <memory>
#include <vector>

namespace prelabel::kafka {

/// Writes batches of records, for a command that moves them: each batch as a whole or not at all, where
/// `OutputSettings::transactional_id` is set; elsewhere record by record. Annotations go to the first topic of the
/// settings, dead letters to the second.
///
/// A transactional id has one writer: whoever comes later shuts out the one before, and sees all that it committed.
/// Bound:   30 s for the beginning, and for each of a batch's records and its end.   Threads: blocks; not for the loop.
/// Errors:  Fault::config, naming the key; Fault::dependency. After an error a batch of a transaction is not there, or,
///          if the broker did not answer to its end, may be: only a new writer and a look at the topics tell.
class BatchWriter {
public:
    [[nodiscard]] static Result<std::unique_ptr<BatchWriter>> create(const OutputSettings& settings);
    BatchWriter(const BatchWriter&) = delete;
    BatchWriter& operator=(const BatchWriter&) = delete;
    ~BatchWriter();

    [[nodiscard]] Result<> write(const std::vector<pipeline::Output>& batch);

private:
    class Impl;
    explicit BatchWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace prelabel::kafka
