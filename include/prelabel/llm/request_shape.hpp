#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/llm/completion.hpp>
#include <prelabel/llm/settings.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::llm {

/// A part of every request that a model may refuse and that no answer depends on.
enum class OptionalPart {
    temperature,
    top_p,
    seed,
    reasoning_effort,
    service_tier,
    strict,
    response_format,
    output_limit,
};
constexpr auto enum_names(OptionalPart) {
    return std::to_array<EnumName<OptionalPart>>({
        {OptionalPart::temperature, "temperature"},
        {OptionalPart::top_p, "top_p"},
        {OptionalPart::seed, "seed"},
        {OptionalPart::reasoning_effort, "reasoning_effort"},
        {OptionalPart::service_tier, "service_tier"},
        {OptionalPart::strict, "strict"},
        {OptionalPart::response_format, "response_format"},
        {OptionalPart::output_limit, "output_limit_field"},
    });
}

/// What a refusal has taught about the requests to one model.
struct ShapeChange {
    OptionalPart part = OptionalPart::temperature;
    std::string refused;  ///< as the request named it: "max_tokens", "json_schema"
    std::string now;      ///< what is sent instead; empty: nothing
};

/// "the model refuses temperature: …", for the log.
[[nodiscard]] std::string sentence_of(const ShapeChange& change);

/// The field that limits the answer, as the settings have it for their server.
[[nodiscard]] OutputLimitField output_limit_field(const ModelSettings& settings);
[[nodiscard]] constexpr std::string_view name_of(OutputLimitField field) {
    return field == OutputLimitField::max_completion_tokens ? "max_completion_tokens" : "max_tokens";
}

/// The shape of the requests to one model: what is configured, less what the model was found to refuse.
///
///   refused: temperature, top_p, seed, reasoning_effort, service_tier, strict   it is left out
///            max_tokens, max_completion_tokens                                  the other one, once
///            response_format                                                    json_object, then none
///            a member of `extra`, the model, the number of output tokens        a person has to change the key
///
/// The part is named by the error's `param`. Where there is none, its sentence is searched for the names that were
/// sent, in quotes or unmistakable, and for a word of refusal; a 500 counts like a 400, since some servers answer so.
/// Each change is made once, so that a request is sent again a bounded number of times.
/// Threads: confined to its worker.
class RequestShape {
public:
    explicit RequestShape(ModelSettings configured) : configured_(std::move(configured)), settings_(configured_) {}

    [[nodiscard]] const ModelSettings& configured() const { return configured_; }
    /// What is sent now.
    [[nodiscard]] const ModelSettings& settings() const { return settings_; }
    /// How many changes there were. A request remembers with how many it was made.
    [[nodiscard]] std::size_t version() const { return changes_.size(); }
    [[nodiscard]] const std::vector<ShapeChange>& changes() const { return changes_; }

    enum class Verdict {
        other,     ///< the refusal is not about the shape, as far as it says
        changed,   ///< the shape is another one from now on: send the request again
        stale,     ///< the request was made before such a change: send it again
        a_person,  ///< only the configuration can change it
    };
    struct Finding {
        Verdict verdict = Verdict::other;
        std::string key = {};  ///< that a person has to change: "llm.extra.foo"
    };
    /// A request that was made with `version` failed.
    [[nodiscard]] Finding refused(const CallFailure& failure, std::size_t version);

private:
    struct Named;
    [[nodiscard]] std::vector<Named> sent() const;
    [[nodiscard]] Finding change(OptionalPart part, const CallFailure& failure);
    Finding now(OptionalPart part, std::string refused, std::string instead);

    ModelSettings configured_;
    ModelSettings settings_;
    std::vector<ShapeChange> changes_;
};

}  // namespace prelabel::llm
