#include "llm_sim/chat_request.hpp"

#include "llm_sim/json_reading.hpp"
#include "llm_sim/prompt_reader.hpp"

#include <utility>
#include <xxhash.h>

namespace prelabel::llm_sim {
namespace {

using rapidjson::SizeType;
using rapidjson::Value;

constexpr std::uint64_t message_overhead_tokens = 4;  // role and separators

bool is_string(const Value* value) { return value != nullptr && value->IsString(); }

ApiError missing(const std::string& param) {
    return {400, "Missing required parameter: '" + param + "'.", "invalid_request_error", param,
            "missing_required_parameter"};
}

ApiError invalid(const std::string& param, const std::string& what, const std::string& code) {
    return {400, "Invalid '" + param + "': " + what, "invalid_request_error", param, code};
}

ApiError unsupported(const std::string& param, const std::string& what) {
    return {400, "Unsupported value: '" + param + "' " + what + " with llm-sim.", "invalid_request_error", param,
            "unsupported_value"};
}

/// The enum of a property `label`, wherever the schema has it.
const Value* label_enum(const Value& schema) {
    if (schema.IsArray()) {
        for (const Value& item : schema.GetArray())
            if (const Value* found = label_enum(item)) return found;
    }
    if (!schema.IsObject()) return nullptr;
    for (const auto& [name, value] : schema.GetObject()) {
        if (text_of(name) == "label") {
            if (const Value* names = member(value, "enum"); names != nullptr && names->IsArray()) return names;
        }
        if (const Value* found = label_enum(value)) return found;  // the parse bounds the depth
    }
    return nullptr;
}

struct Turn {
    std::string_view role;
    std::string content;
};

std::variant<std::vector<Turn>, ApiError> read_turns(const Value& messages) {
    std::vector<Turn> turns;
    for (SizeType i = 0; i < messages.Size(); ++i) {
        const std::string param = "messages[" + std::to_string(i) + "]";
        const Value* role = member(messages[i], "role");
        const Value* content = member(messages[i], "content");
        if (!is_string(role)) return missing(param + ".role");
        if (content == nullptr) return missing(param + ".content");
        Turn& turn = turns.emplace_back(Turn{text_of(*role), {}});
        if (turn.role != "system" && turn.role != "developer" && turn.role != "user" && turn.role != "assistant")
            return invalid(param + ".role", "value is not supported by llm-sim.", "invalid_value");
        if (content->IsString()) {
            turn.content = text_of(*content);
        } else if (content->IsArray()) {
            for (const Value& part : content->GetArray()) {
                const Value* text = member(part, "text");
                if (!is_string(text))
                    return invalid(param + ".content", "only text parts are simulated.", "invalid_value");
                turn.content += text_of(*text);
            }
        } else {
            return invalid(param + ".content", "expected a string or an array of parts.", "invalid_type");
        }
    }
    return turns;
}

void count_tokens(const std::vector<Turn>& turns, std::size_t document_turn, ChatRequest& request) {
    request.prompt_tokens = 3;  // the reply's own frame
    for (std::size_t i = 0; i < turns.size(); ++i) {
        request.prompt_tokens += estimated_tokens(turns[i].content.size()) + message_overhead_tokens;
        if (i >= document_turn) continue;
        request.prefix_tokens = request.prompt_tokens;
        request.prefix_hash =
            XXH3_64bits_withSeed(turns[i].content.data(), turns[i].content.size(), request.prefix_hash + 1);
    }
}

/// The document is in the last user turn that has one: behind it there may be a request to repair the answer.
std::optional<ApiError> read_prompt(const std::vector<Turn>& turns, ChatRequest& request) {
    std::size_t document_turn = turns.size();
    for (std::size_t i = turns.size(); i-- > 0;) {
        if (turns[i].role != "user") continue;
        if (document_turn == turns.size()) document_turn = i;
        if (const auto document = document_in(turns[i].content)) {
            document_turn = i;
            request.document = *document;
            break;
        }
    }
    if (document_turn == turns.size()) return invalid("messages", "llm-sim needs a user message.", "invalid_value");
    if (request.document.empty()) request.document = turns[document_turn].content;
    if (request.labels.empty()) {
        for (const Turn& turn : turns)
            if (turn.role == "system" || turn.role == "developer") request.labels = labels_in(turn.content);
    }
    count_tokens(turns, document_turn, request);
    return std::nullopt;
}

bool mentions_json(const std::vector<Turn>& turns) {
    for (const Turn& turn : turns)
        for (const char* word : {"json", "JSON", "Json"})
            if (turn.content.find(word) != std::string::npos) return true;
    return false;
}

std::optional<ApiError> read_format(const Value* format, const std::vector<Turn>& turns, ChatRequest& request) {
    if (format == nullptr || format->IsNull()) return std::nullopt;
    const Value* type = member(*format, "type");
    if (!is_string(type)) return missing("response_format.type");
    if (text_of(*type) == "text") return std::nullopt;
    if (text_of(*type) == "json_object") {
        if (mentions_json(turns)) return std::nullopt;
        return ApiError{
            400,
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            "invalid_request_error", "messages", ""};
    }
    if (text_of(*type) != "json_schema")
        return invalid("response_format.type", "expected 'json_schema', 'json_object' or 'text'.", "invalid_value");
    const Value* named = member(*format, "json_schema");
    if (named == nullptr) return missing("response_format.json_schema");
    if (!is_string(member(*named, "name"))) return missing("response_format.json_schema.name");
    const Value* schema = member(*named, "schema");
    if (schema == nullptr) return missing("response_format.json_schema.schema");
    if (const Value* names = label_enum(*schema)) {
        for (const Value& name : names->GetArray())
            if (name.IsString()) request.labels.emplace_back(text_of(name));
    }
    return std::nullopt;
}

std::optional<ApiError> read_numbers(const Value& root, ChatRequest& request) {
    for (const char* name : {"max_tokens", "max_completion_tokens"}) {
        const Value* value = member(root, name);
        if (value == nullptr || value->IsNull()) continue;
        if (!value->IsUint64()) return invalid(name, "expected a positive integer.", "invalid_type");
        if (value->GetUint64() == 0) {
            return invalid(name, "integer below minimum value. Expected a value >= 1, but got 0 instead.",
                           "integer_below_min_value");
        }
        request.max_tokens = value->GetUint64();
    }
    if (const Value* value = member(root, "temperature"); value != nullptr && !value->IsNull()) {
        if (!value->IsNumber() || value->GetDouble() < 0 || value->GetDouble() > 2)
            return invalid("temperature", "expected a number from 0 to 2.", "invalid_value");
        request.temperature = value->GetDouble();
    }
    if (const Value* value = member(root, "stream"); value != nullptr && value->IsTrue())
        return unsupported("stream", "does not support true");
    if (const Value* value = member(root, "n"); value != nullptr && !value->IsNull() && *value != Value(1))
        return unsupported("n", "does not support values other than 1");
    return std::nullopt;
}

}  // namespace

std::variant<ChatRequest, ApiError> read_chat_request(std::string_view body) {
    std::string text(body);
    rapidjson::Document root;
    if (!parse_in_place(text, root) || !root.IsObject())
        return ApiError{400, "We could not parse the JSON body of your request.", "invalid_request_error", "", ""};

    ChatRequest request;
    const Value* model = member(root, "model");
    if (!is_string(model)) return ApiError{400, "you must provide a model parameter", "invalid_request_error", "", ""};
    request.model = text_of(*model);
    const Value* messages = member(root, "messages");
    if (messages == nullptr) return missing("messages");
    if (!messages->IsArray()) return invalid("messages", "expected an array of objects.", "invalid_type");
    if (messages->Empty())
        return invalid("messages", "empty array. Expected an array with minimum length 1.", "empty_array");

    auto turns = read_turns(*messages);
    if (auto* error = std::get_if<ApiError>(&turns)) return std::move(*error);
    const auto& read = std::get<0>(turns);
    if (auto error = read_format(member(root, "response_format"), read, request)) return std::move(*error);
    if (auto error = read_numbers(root, request)) return std::move(*error);
    if (auto error = read_prompt(read, request)) return std::move(*error);
    return request;
}

}  // namespace prelabel::llm_sim
