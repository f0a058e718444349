#pragma once

#include <prelabel/base/enum_names.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace prelabel::llm {

/// How the request asks for JSON. Servers support different ways.
enum class ResponseFormat { json_schema, json_object, none };
constexpr auto enum_names(ResponseFormat) {
    return std::to_array<EnumName<ResponseFormat>>({
        {ResponseFormat::json_schema, "json_schema"},
        {ResponseFormat::json_object, "json_object"},
        {ResponseFormat::none, "none"},
    });
}

/// The field that limits the answer: OpenAI's newer models refuse `max_tokens`, many servers know only this one.
enum class OutputLimitField {
    automatic,  ///< max_completion_tokens at api.openai.com, max_tokens elsewhere
    max_tokens,
    max_completion_tokens,
};
constexpr auto enum_names(OutputLimitField) {
    return std::to_array<EnumName<OutputLimitField>>({
        {OutputLimitField::automatic, "auto"},
        {OutputLimitField::max_tokens, "max_tokens"},
        {OutputLimitField::max_completion_tokens, "max_completion_tokens"},
    });
}

/// What a request says besides the messages. What is optional is sent only if it is set.
struct ModelSettings {
    std::string provider = "openai";
    std::string base_url = "https://api.openai.com/v1";
    std::string model;
    ResponseFormat response_format = ResponseFormat::json_schema;
    std::uint32_t max_output_tokens = 2'048;
    OutputLimitField output_limit_field = OutputLimitField::automatic;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<std::int64_t> seed;
    std::string reasoning_effort;              ///< empty: not sent
    std::string service_tier;                  ///< empty: not sent
    bool strict = true;                        ///< `strict` beside a schema that the provider's subset takes
    std::map<std::string, std::string> extra;  ///< further members of the body, each with its JSON
    std::map<std::string, std::string> query;  ///< of the request's address
};

/// Price list, in US dollars per million tokens.
struct Price {
    double input_per_mtok = 0;
    std::optional<double> cached_input_per_mtok{};  ///< none: cached tokens cost what the others do
    double output_per_mtok = 0;
};

}  // namespace prelabel::llm
