#pragma once

#include "llm_sim/api_error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prelabel::llm_sim {

/// When a part of a request is refused.
enum class When {
    always,       ///< it is there
    not_one,      ///< it is another number than 1, the default of `temperature` and `top_p`
    reasoning,    ///< the request does not say `"reasoning_effort": "none"`
    no_thinking,  ///< it is the effort "none" or "minimal"
    json_schema,  ///< it is the type of the response format
};

/// How the server says that it refuses.
enum class Words {
    unsupported_value,      ///< OpenAI: "Unsupported value: 'temperature' does not support …"
    unsupported_parameter,  ///< OpenAI: "Unsupported parameter: 'max_tokens' …"
    unrecognized,           ///< OpenAI's older models: no `param`
    extra_forbidden,        ///< pydantic's finding as text, no `param`
    literal,                ///< pydantic's finding about the type of the response format
    not_supported,          ///< Groq: "This model does not support response format `json_schema`."
    drop_params,            ///< LiteLLM: "… does not support parameters: ['temperature']"
    unknown_name,           ///< Google: "Unknown name \"seed\": Cannot find field."
};

struct Rule {
    std::string_view parameter;
    When when = When::always;
    Words words = Words::unsupported_parameter;
    int status = 400;
};

/// Where a model's reasoning goes.
enum class ReplyForm {
    plain,
    think,              ///< a `<think>` block before the answer
    reasoning,          ///< `reasoning` beside `content`
    reasoning_content,  ///< `reasoning_content` beside `content`
};

/// A server or a model, as far as the shape of requests and replies goes. What it refuses is refused in this order.
struct Personality {
    std::string_view name;
    ErrorForm errors = ErrorForm::openai;
    ReplyForm replies = ReplyForm::plain;
    std::vector<Rule> refuses = {};
    bool limit_headers = true;
    std::uint32_t throttles_every = 0;   ///< so many requests one is refused for want of room; 0: none
    std::uint64_t queue = 0;             ///< requests that may wait behind the one that runs; 0: any number
    std::uint64_t cuts_prompts_at = 0;   ///< tokens of context, without a word; 0: a prompt too long is refused
    std::string_view imitates = "none";  ///< for the manual
};

/// The table. The first one, "openai", is llm-sim without this option: it refuses nothing that it knows.
[[nodiscard]] std::span<const Personality> personalities();
[[nodiscard]] const Personality* find_personality(std::string_view name);

/// The table as the manual has it, in Markdown.
[[nodiscard]] std::string personality_table();

/// What of the request in `body`, a JSON object, it refuses.
[[nodiscard]] std::optional<ApiError> refused_by(const Personality& personality, std::string_view body);

}  // namespace prelabel::llm_sim
