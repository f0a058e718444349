#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/base/record.hpp>
#include <prelabel/base/time.hpp>
#include <prelabel/pipeline/outbox.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace prelabel::pipeline {

/// Why a document ends on the dead-letter topic.
/// A wrong key or an empty account is never among them: the worker pauses.
enum class DeadLetterClass {
    malformed_input,
    too_large,
    invalid_answer,
    refused,
    content_filter,
    context_length,
    request_rejected,
    deadline,
};
constexpr auto enum_names(DeadLetterClass) {
    return std::to_array<EnumName<DeadLetterClass>>({
        {DeadLetterClass::malformed_input, "malformed_input"},
        {DeadLetterClass::too_large, "too_large"},
        {DeadLetterClass::invalid_answer, "invalid_answer"},
        {DeadLetterClass::refused, "refused"},
        {DeadLetterClass::content_filter, "content_filter"},
        {DeadLetterClass::context_length, "context_length"},
        {DeadLetterClass::request_rejected, "request_rejected"},
        {DeadLetterClass::deadline, "deadline"},
    });
}

/// How a document failed. `message` never carries document text; `raw_answer` and `said` may. The first is therefore
/// asked for, and the second is no part of a dead letter.
struct Failure {
    DeadLetterClass reason = DeadLetterClass::malformed_input;
    std::string message;
    std::uint32_t attempts = 0;
    std::optional<double> cost_usd = 0.0;     ///< none: unknown
    std::optional<std::string> raw_answer{};  ///< what the model said, only where the configuration wants it
    std::string said{};                       ///< what the provider said about the failure, for the log
};

/// What asked about a document.
struct AskedWith {
    std::string task;
    std::string task_version;  ///< of everything that changes the prompt
    std::string model;
};

/// The input's key, value bytes and headers untouched, plus `prelabel.error.*` headers that say what happened and
/// where. Headers of an earlier dead letter of the same document are replaced, not piled up.
[[nodiscard]] Output make_dead_letter(Record record, const Failure& failure, const AskedWith& with, WallTime at);

/// Leaves out, after a refusal for its size, one thing more: the raw answer, the value, the input's headers, the key,
/// the rest of long texts in its own headers; by then it has less than 1,000 bytes.
/// False when there is nothing more to leave out.
[[nodiscard]] bool shorten_dead_letter(Output& letter, std::size_t refusals);

}  // namespace prelabel::pipeline
