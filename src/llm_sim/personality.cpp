#include "llm_sim/personality.hpp"

#include "llm_sim/json_reading.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace prelabel::llm_sim {
namespace {

using rapidjson::Value;

const std::vector<Rule> gpt_5 = {{"temperature", When::not_one, Words::unsupported_value},
                                 {"top_p", When::not_one, Words::unsupported_parameter},
                                 {"logprobs"},
                                 {"max_tokens"}};
const std::vector<Rule> gpt_5_6 = {{"temperature"}, {"top_p"}, {"logprobs"}, {"max_tokens"}};
const std::vector<Rule> gpt_6 = {{"reasoning_effort", When::no_thinking, Words::unsupported_value},
                                 {"temperature"},
                                 {"top_p"},
                                 {"seed"},
                                 {"logprobs"},
                                 {"stop"},
                                 {"max_tokens"}};
const std::vector<Rule> old_vllm_keys = {{"guided_json", When::always, Words::extra_forbidden},
                                         {"guided_regex", When::always, Words::extra_forbidden},
                                         {"guided_choice", When::always, Words::extra_forbidden},
                                         {"guided_grammar", When::always, Words::extra_forbidden}};

const std::array table = {
    Personality{.name = "openai", .imitates = "llm-sim without the option: nothing it knows is refused"},
    Personality{.name = "gpt-4o",
                .refuses = {{"reasoning_effort", When::always, Words::unrecognized},
                            {"verbosity", When::always, Words::unrecognized}},
                .imitates = "OpenAI's models before reasoning"},
    Personality{.name = "gpt-5", .refuses = gpt_5, .imitates = "OpenAI's first reasoning models"},
    Personality{.name = "gpt-5.1",
                .refuses = {{"temperature", When::reasoning, Words::unsupported_value},
                            {"top_p", When::reasoning, Words::unsupported_value},
                            {"max_tokens"}},
                .imitates = "gpt-5.1 to 5.4: `temperature` and `top_p` with effort `none` only"},
    Personality{.name = "gpt-5.6", .refuses = gpt_5_6, .imitates = "gpt-5.6"},
    Personality{.name = "gpt-6", .refuses = gpt_6, .imitates = "gpt-6: no effort `none` or `minimal`, no `stop`"},
    Personality{.name = "azure",
                .errors = ErrorForm::azure,
                .refuses = {{"temperature", When::not_one, Words::unsupported_value}, {"max_tokens"}},
                .imitates = "a reasoning model at Azure OpenAI v1: errors without `param`"},
    Personality{.name = "vllm-0.11",
                .errors = ErrorForm::bare,
                .replies = ReplyForm::reasoning_content,
                .limit_headers = false,
                .imitates = "vLLM to 0.11: bare errors, thoughts in `reasoning_content`"},
    Personality{.name = "vllm-0.12",
                .errors = ErrorForm::number_code,
                .replies = ReplyForm::reasoning,
                .refuses = old_vllm_keys,
                .limit_headers = false,
                .imitates = "vLLM from 0.12: no `guided_*`, thoughts in `reasoning`"},
    Personality{.name = "llama.cpp",
                .errors = ErrorForm::number_code,
                .limit_headers = false,
                .imitates = "llama-server: the code is the status"},
    Personality{.name = "llama-cpp-python",
                .refuses = {{"response_format", When::json_schema, Words::literal, 500}},
                .limit_headers = false,
                .imitates = "llama-cpp-python: a 500 for `json_schema`"},
    Personality{.name = "ollama",
                .limit_headers = false,
                .queue = 512,
                .cuts_prompts_at = 4'096,
                .imitates = "Ollama: 503 when 512 wait, prompts cut to the context without a word"},
    Personality{.name = "litellm",
                .errors = ErrorForm::litellm,
                .refuses = {{"temperature", When::not_one, Words::drop_params},
                            {"top_p", When::always, Words::drop_params},
                            {"max_tokens", When::always, Words::drop_params}},
                .limit_headers = false,
                .throttles_every = 40,
                .imitates = "a LiteLLM proxy without `drop_params`: `param` is \"None\", the wait in its own header"},
    Personality{.name = "groq-flex",
                .errors = ErrorForm::capacity,
                .refuses = {{"response_format", When::json_schema, Words::not_supported}},
                .throttles_every = 40,
                .imitates = "Groq's flex tier: 498 `capacity_exceeded` for one request in 40"},
    Personality{
        .name = "gemini",
        .errors = ErrorForm::google,
        .refuses = {{"seed", When::always, Words::unknown_name}, {"service_tier", When::always, Words::unknown_name}},
        .limit_headers = false,
        .throttles_every = 40,
        .imitates = "Gemini's compatible endpoint: errors in a list, the wait of a 429 in its body"},
    Personality{.name = "think",
                .replies = ReplyForm::think,
                .limit_headers = false,
                .imitates = "a reasoning model whose thoughts stand in the content"},
    Personality{.name = "reasoning",
                .replies = ReplyForm::reasoning,
                .refuses = {{"temperature"}},
                .limit_headers = false,
                .imitates = "a reasoning model whose thoughts stand beside the content"},
};

bool is(const Value* value, std::string_view text) {
    return value != nullptr && value->IsString() && text_of(*value) == text;
}

bool applies(const Rule& rule, const Value& root) {
    const Value* value = member(root, rule.parameter);
    if (value == nullptr || value->IsNull()) return false;
    switch (rule.when) {
        case When::always:
            return true;
        case When::not_one:
            return !value->IsNumber() || value->GetDouble() != 1;
        case When::reasoning:
            return !is(member(root, "reasoning_effort"), "none");
        case When::no_thinking:
            return is(value, "none") || is(value, "minimal");
        case When::json_schema:
            return is(member(*value, "type"), "json_schema");
    }
    return false;
}

std::string instead_of(std::string_view parameter) {
    return parameter == "max_tokens" ? " Use 'max_completion_tokens' instead." : "";
}

ApiError error_for(const Rule& rule) {
    const std::string name(rule.parameter);
    const std::string request_error = "invalid_request_error";
    switch (rule.words) {
        case Words::unsupported_value:
            return {rule.status, "Unsupported value: '" + name + "' does not support this value with this model.",
                    request_error, name, "unsupported_value"};
        case Words::unsupported_parameter:
            return {rule.status,
                    "Unsupported parameter: '" + name + "' is not supported with this model." + instead_of(name),
                    request_error, name, "unsupported_parameter"};
        case Words::unrecognized:
            return {rule.status, "Unrecognized request argument supplied: " + name, request_error, "", ""};
        case Words::extra_forbidden:
            return {rule.status,
                    "[{'type': 'extra_forbidden', 'loc': ('body', '" + name +
                        "'), 'msg': 'Extra inputs are not "
                        "permitted'}]",
                    "BadRequestError", "", ""};
        case Words::literal:
            return {rule.status,
                    "[{'type': 'literal_error', 'loc': ('body', '" + name +
                        "', 'type'), 'msg': \"Input should be "
                        "'text' or 'json_object'\", 'input': 'json_schema'}]",
                    "internal_server_error", "", ""};
        case Words::not_supported:
            return {rule.status, "This model does not support response format `json_schema`.", request_error, "", ""};
        case Words::drop_params:
            return {rule.status,
                    "litellm.UnsupportedParamsError: openai does not support parameters: ['" + name +
                        "'], for model=gpt-5. To drop these, set `litellm.drop_params=True`.",
                    "None", "", std::to_string(rule.status)};
        case Words::unknown_name:
            return {rule.status, "Invalid JSON payload received. Unknown name \"" + name + "\": Cannot find field.",
                    "INVALID_ARGUMENT", "", ""};
    }
    return {};
}

std::string described(const Rule& rule) {
    const std::string name = "`" + std::string(rule.parameter) + "`";
    switch (rule.when) {
        case When::always:
            return name;
        case When::not_one:
            return name + " but 1";
        case When::reasoning:
            return name + " unless the effort is `none`";
        case When::no_thinking:
            return name + " `none`, `minimal`";
        case When::json_schema:
            return name + " `json_schema`" + (rule.status == 500 ? " (500)" : "");
    }
    return name;
}

}  // namespace

std::string personality_table() {
    std::string text = "| name | imitates | refuses |\n|---|---|---|\n";
    for (const Personality& one : personalities()) {
        std::string refuses;
        for (const Rule& rule : one.refuses) refuses += (refuses.empty() ? "" : ", ") + described(rule);
        text += "| `" + std::string(one.name) + "` | " + std::string(one.imitates) + " | " +
                (refuses.empty() ? "nothing" : refuses) + " |\n";
    }
    return text;
}

std::span<const Personality> personalities() { return table; }

const Personality* find_personality(std::string_view name) {
    const auto found = std::ranges::find(table, name, &Personality::name);
    return found == table.end() ? nullptr : &*found;
}

std::optional<ApiError> refused_by(const Personality& personality, std::string_view body) {
    std::string text(body);
    rapidjson::Document root;
    if (personality.refuses.empty() || !parse_in_place(text, root)) return std::nullopt;
    const auto& rules = personality.refuses;
    const auto rule = std::ranges::find_if(rules, [&](const Rule& candidate) { return applies(candidate, root); });
    if (rule == rules.end()) return std::nullopt;
    ApiError error = error_for(*rule);
    error.refuses = rule->parameter;
    return error;
}

}  // namespace prelabel::llm_sim
