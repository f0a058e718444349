#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace prelabel::llm {

/// How answers are asked to be JSON. Servers differ in what they know.
enum class ResponseFormat { json_schema, json_object, none };

/// What a request says besides the messages.
struct ModelSettings {
    std::string provider = "openai";
    std::string base_url = "https://api.openai.com/v1";
    std::string model;
    ResponseFormat response_format = ResponseFormat::json_schema;
    std::uint32_t max_output_tokens = 2'048;
    std::optional<double> temperature = 0.0;  ///< none: the field is left out, as some models demand
};

/// Price list, in US dollars per million tokens.
struct Price {
    double input_per_mtok = 0;
    double cached_input_per_mtok = 0;
    double output_per_mtok = 0;
};

}  // namespace prelabel::llm
