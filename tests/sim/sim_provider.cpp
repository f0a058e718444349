#include "sim_provider.hpp"

#include "draw.hpp"

#include <prelabel/base/json_text.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::sim {
namespace {

std::string content_of(const std::vector<labeling::Mention>& mentions) {
    std::string out = R"({"entities":[)";
    for (const auto& mention : mentions) {
        if (out.back() == '}') out += ',';
        out += R"({"label":)" + json_string(mention.label) + R"(,"text":)" + json_string(mention.text) + "}";
    }
    return out + "]}";
}

std::string error_body(const std::string& type, const std::string& code) {
    return R"({"error":{"message":"x","type":")" + type + R"(","code":")" + code + R"("}})";
}

SimReply of(int status, std::string body = {}, std::string retry_after = {}) {
    SimReply reply;
    reply.status = status;
    reply.body = std::move(body);
    reply.retry_after = std::move(retry_after);
    return reply;
}

SimReply bad_request() { return of(400, error_body("invalid_request_error", "unsupported_value")); }
SimReply forbidden() { return of(403, error_body("forbidden", "forbidden")); }
constexpr const char* half_a_body = R"({"id":"cut","choices":[{"mess)";
SimReply unreadable() { return of(200, half_a_body); }

/// The end of a body.
std::string counts(const llm::Usage& usage) {
    return R"(,"usage":{"prompt_tokens":)" + std::to_string(usage.input_tokens) + R"(,"completion_tokens":)" +
           std::to_string(usage.output_tokens) + R"(,"prompt_tokens_details":{"cached_tokens":)" +
           std::to_string(usage.cached_input_tokens) + "}}}";
}

SimReply throttled(std::string retry_after) {
    SimReply reply = of(429, error_body("requests", "rate_limit_exceeded"), std::move(retry_after));
    reply.for_everybody = true;
    return reply;
}

}  // namespace

SimReply SimProvider::reply_to(std::size_t number, const std::string& body, std::uint64_t prompt_tokens,
                               std::uint64_t tokens, TimePoint now) {
    if (const auto wait = account.refuses(now, tokens)) {
        happened_.add(Happening::throttled_by_load);
        const auto whole = std::chrono::ceil<std::chrono::seconds>(*wait).count();
        return throttled(account.limits().says_when ? std::to_string(std::max<std::int64_t>(1, whole)) : "");
    }
    SimReply reply = serve(documents[number], body, prompt_tokens);
    reply.served = true;
    if (reply.body == half_a_body) reply.charged = charge(prompt_tokens);
    return reply;
}

SimReply SimProvider::serve(const SimDocument& document, const std::string& body, std::uint64_t prompt_tokens) {
    if (auto reply = weather_reply()) return *reply;
    if (auto reply = shape_reply(body)) return *reply;
    if (auto reply = fated_reply(document.fate)) return *reply;
    if (rng_.chance(faults_.overloaded)) return of(503, "upstream is away");
    if (rng_.chance(faults_.call_fails)) return failure(prompt_tokens);
    return answer(document, prompt_tokens);
}

/// Some servers name the part in a field, some in a sentence, and some with a status that means something else.
std::optional<SimReply> SimProvider::shape_reply(const std::string& body) {
    for (const auto& part : refused_parts) {
        if (body.find('"' + part + '"') == std::string::npos) continue;
        happened_.add(Happening::refused_a_shape);
        const bool by_name = rng_.chance(0.5);
        const std::string param = part == "json_schema" ? "response_format" : part;
        SimReply reply = of(by_name && rng_.chance(0.5) ? 422
                            : rng_.chance(0.8)          ? 400
                                                        : 500,
                            by_name ? R"({"error":{"message":"x","param":")" + param + R"("}})"
                                    : R"({"error":{"message":"Unsupported parameter: ')" + part + R"('"}})");
        reply.refused_part = part;
        return reply;
    }
    return std::nullopt;
}

Duration SimProvider::latency() { return between(rng_, 1'000, 3'000'000); }

std::optional<SimReply> SimProvider::weather_reply() {
    switch (weather) {
        case Weather::fair:
            return std::nullopt;
        case Weather::down:
            return rng_.chance(0.5) ? of(503, "upstream is away", rng_.chance(0.5) ? "7" : "") : SimReply{};
        case Weather::silent: {
            SimReply reply;
            reply.silent = true;
            return reply;
        }
        case Weather::no_money:
            return of(429, error_body("insufficient_quota", "insufficient_quota"));
        case Weather::busy:
            if (!rng_.chance(0.7)) return std::nullopt;
            return throttled(rng_.chance(0.7) ? std::to_string(1 + rng_.below(20)) : "");
        case Weather::bad_request:
            happened_.add(Happening::refused_everybody);
            return bad_request();
        case Weather::forbidden:
            happened_.add(Happening::refused_everybody);
            return forbidden();
        case Weather::no_model:
            return of(404, error_body("invalid_request_error", "model_not_found"));
        case Weather::unreadable:
            return unreadable();
    }
    return std::nullopt;
}

std::optional<SimReply> SimProvider::fated_reply(Fate fate) {
    switch (fate) {
        case Fate::too_long:
            return of(400, error_body("invalid_request_error", "context_length_exceeded"));
        case Fate::poison:
            return of(500, R"({"error":{"message":"x"}})");
        case Fate::rejected:
            return of(400, error_body("invalid_request_error", "invalid_prompt"));
        case Fate::forbidden:
            return forbidden();
        case Fate::unreadable:
            return unreadable();
        default:
            return std::nullopt;
    }
}

llm::Usage SimProvider::charge(std::uint64_t prompt_tokens) {
    llm::Usage usage;
    usage.input_tokens = prompt_tokens;
    usage.cached_input_tokens = bill_rng_.chance(0.3) ? bill_rng_.below(prompt_tokens + 1) : 0;
    usage.output_tokens = 30;
    return usage;
}

SimReply SimProvider::in_vain(std::uint64_t prompt_tokens) {
    happened_.add(Happening::charged_in_vain);
    const llm::Usage charged = charge(prompt_tokens);
    SimReply reply = of(200, R"({"id":"none","choices":[])" + counts(charged));
    reply.charged = charged;
    return reply;
}

SimReply SimProvider::failure(std::uint64_t prompt_tokens) {
    switch (rng_.below(7)) {
        case 0:
            return throttled("2");
        case 1:
            return of(500, "Internal Server Error");
        case 2:
            return of(529, R"({"error":{"type":"overloaded_error"}})");
        case 3:
            return {};
        case 4: {
            SimReply reply;
            reply.silent = true;
            return reply;
        }
        case 5:
            return bill_rng_.chance(faults_.in_vain) ? in_vain(prompt_tokens) : unreadable();
        default:
            return of(408);
    }
}

SimReply SimProvider::answer(const SimDocument& document, std::uint64_t prompt_tokens) {
    ++paid[document.number];
    const std::string id = response_id(++answers_, document.number);
    SimReply reply = of(200);
    reply.paid = true;
    reply.charged = charge(prompt_tokens);
    const std::string end = bill_rng_.chance(faults_.usage_missing) ? "}" : counts(reply.charged);
    if (document.fate == Fate::refused) {
        reply.body = R"({"id":")" + id + R"(","choices":[{"message":{"refusal":"no"},"finish_reason":"stop"}])" + end;
        return reply;
    }
    std::string content =
        document.fate == Fate::garbage ? "I would rather talk about the weather." : content_of(document.mentions);
    std::string finish = "stop";
    if (document.fate == Fate::labeled && rng_.chance(faults_.answer_bad)) {
        ++spoiled[document.number];
        spoil(content, finish);
    }
    reply.body = R"({"id":")" + id + R"(","choices":[{"message":{"role":"assistant","content":)" +
                 json_string(content) + R"(},"finish_reason":")" + finish + R"("}])" + end;
    return reply;
}

void SimProvider::spoil(std::string& content, std::string& finish) {
    switch (rng_.below(5)) {
        case 0:
            content.resize(content.size() / 2);
            finish = "length";
            break;
        case 1:
            content = "Here you are:\n```json\n" + content + "\n```";
            break;
        case 2:
            content = content_of({{"PER", "Nobody Inparticular"}});
            break;
        case 3:
            content = content_of({{"PLANET", "Mars"}});
            break;
        default:
            content = R"({"entities": 7})";
            break;
    }
}

}  // namespace prelabel::sim
