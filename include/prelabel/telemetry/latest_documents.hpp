#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace prelabel::telemetry {

/// The latest documents for the live page, where the configuration allows it: each as a JSON object, as published.
/// Bound:   20 documents of 64 KiB, together at most 512 KiB: older ones go, and of a longer one only its size is kept.
/// Threads: confined to the loop.
class LatestDocuments {
public:
    static constexpr std::size_t documents_max = 20;
    static constexpr std::size_t document_bytes_max = 64U << 10;
    static constexpr std::size_t bytes_max = 512U << 10;

    /// What is shown of a published record, a JSON object: all of it, or of a longer one its size.
    [[nodiscard]] static std::string shown_of(std::string_view record);
    /// `shown`: from shown_of(), which an outbox needs before it takes the record with it.
    void labeled(std::string shown);
    /// The document became a dead letter. `message` has no document text; `place` says which one it was.
    void dead_lettered(std::string_view reason, std::string_view message, std::string_view place);

    /// The body of /documents: the latest first. `documents` counts all since the start.
    [[nodiscard]] std::string json() const;

private:
    void keep(std::string object);

    std::deque<std::string> latest_;  // the latest first
    std::size_t bytes_ = 0;
    std::uint64_t documents_ = 0;
};

}  // namespace prelabel::telemetry
