#include "llm_sim/simulator.hpp"

#include "llm_sim/completion_body.hpp"
#include "llm_sim/fault_reply.hpp"

#include <prelabel/base/json_text.hpp>

#include <algorithm>
#include <utility>
#include <xxhash.h>

namespace prelabel::llm_sim {
namespace {

constexpr std::size_t prefixes_max = 4'096;
constexpr std::uint64_t cache_tokens_min = 1'024;  // OpenAI, "Prompt caching": from 1,024 tokens, in steps of 128
constexpr std::uint64_t cache_tokens_step = 128;

std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

ApiError not_allowed(std::string_view method) {
    return {405, "Not allowed to " + std::string(method) + " on this URL.", "invalid_request_error", "",
            "method_not_supported"};
}

/// What does not fit is not read, and nobody is told but by the count of tokens.
void cut_prompt(std::uint64_t tokens, ChatRequest& chat) {
    if (chat.prompt_tokens <= tokens) return;
    const std::uint64_t bytes_too_many = (chat.prompt_tokens - tokens) * 4;
    const std::size_t left = chat.document.size() - std::min<std::uint64_t>(bytes_too_many, chat.document.size());
    chat.document.resize(cut(chat.document, left).size());
    chat.prompt_tokens = tokens;
}

}  // namespace

Simulator::Simulator(Settings settings, GoldBook gold, FaultScript script, TimePoint now)
    : settings_(std::move(settings)),
      labeler_(std::move(gold), settings_.error_rate),
      script_(std::move(script)),
      quota_(settings_.requests_per_minute, settings_.tokens_per_minute, now),
      seen_(settings_.documents_max),
      prefixes_(prefixes_max),
      ledger_(settings_.documents_max) {}

Simulator::Planned Simulator::receive(const http::ServerRequest& request, TimePoint now, WallTime wall) {
    Planned planned;
    const std::size_t question = request.target.find('?');
    std::string_view path = request.target.substr(0, question);
    const std::string_view query = question == std::string_view::npos ? "" : request.target.substr(question + 1);
    if (path.starts_with("/v1/")) path.remove_prefix(3);

    const bool get = request.method == "GET";
    const bool post = request.method == "POST";
    if (path == "/chat/completions") {
        if (post) {
            chat(request, now, wall, planned);
        } else {
            set_error(not_allowed(request.method), planned.reply);
        }
    } else if (path == "/stats/reset" && post) {
        ledger_.reset();
        planned.reply.body = "{}";
    } else if (path == "/stats" && get) {
        planned.reply.body = ledger_.json(query == "documents=1");
    } else if (path == "/healthz" && get) {
        planned.reply.content_type = "text/plain";
        planned.reply.body = "ok\n";
    } else if ((path == "/models" || path.starts_with("/models/")) && get) {
        planned.reply = models(path);
    } else {
        set_error({404, "Unknown request URL. llm-sim serves /v1/chat/completions, /v1/models, /stats and /healthz.",
                   "invalid_request_error", "", "unknown_url"},
                  planned.reply);
    }
    return planned;
}

bool Simulator::knows(std::string_view model) const {
    return settings_.models.empty() || std::ranges::find(settings_.models, model) != settings_.models.end();
}

std::optional<ApiError> Simulator::no_room() {
    const Personality& personality = *settings_.personality;
    const std::uint64_t queue = settings_.queue.value_or(personality.queue);
    if (queue > 0 && ledger_.concurrent() > queue + 1) {
        ledger_.refuse(Refusal::no_room);
        return ApiError{503, "server busy, please try again. maximum pending requests exceeded", "api_error"};
    }
    const std::uint64_t every = personality.throttles_every;
    if (every == 0 || ledger_.requests() % every != 0) return std::nullopt;
    ledger_.refuse(Refusal::no_room);
    if (personality.errors == ErrorForm::capacity)
        return ApiError{498, "Flex tier capacity exceeded.", "capacity_exceeded", "", "capacity_exceeded"};
    return ApiError{429, "Resource has been exhausted.", "throttling_error", "", "429", settings_.retry_after};
}

http::ServerReply Simulator::models(std::string_view path) const {
    const auto describe = [](std::string_view name) {
        return R"({"id":)" + json_string(name) + R"(,"object":"model","created":0,"owned_by":"llm-sim"})";
    };
    http::ServerReply reply;
    if (path != "/models") {
        const std::string name(path.substr(std::string_view("/models/").size()));
        if (knows(name)) {
            reply.body = describe(name);
        } else {
            set_error({404, "The model does not exist.", "invalid_request_error", "model", "model_not_found"}, reply);
        }
        return reply;
    }
    reply.body = R"({"object":"list","data":[)";
    const std::vector<std::string> some{"gpt-4o-mini"};  // any name is known, one has to be shown
    const auto& names = settings_.models.empty() ? some : settings_.models;
    for (const std::string& name : names) reply.body += (&name == &names.front() ? "" : ",") + describe(name);
    reply.body += "]}";
    return reply;
}

void Simulator::add_limit_headers(TimePoint now, http::ServerReply& reply) const {
    const auto add = [&](const Bucket& bucket, const std::string& unit) {
        if (!bucket.limited()) return;
        reply.headers.push_back({"x-ratelimit-limit-" + unit, std::to_string(bucket.per_minute())});
        reply.headers.push_back({"x-ratelimit-remaining-" + unit, std::to_string(bucket.remaining(now))});
        reply.headers.push_back({"x-ratelimit-reset-" + unit, reset_text(bucket.reset(now))});
    };
    add(quota_.requests(), "requests");
    add(quota_.tokens(), "tokens");
}

std::optional<ApiError> Simulator::limit(const ChatRequest& chat, TimePoint now) {
    // As the provider does, the most that may be answered counts on arrival.
    const std::uint64_t tokens = chat.prompt_tokens + chat.max_tokens.value_or(0);
    const auto error = [&](const std::string& type, const Bucket& bucket, const std::string& unit,
                           std::uint64_t requested) {
        const Duration wait = quota_.retry_after(now, tokens);
        return ApiError{429,
                        "Rate limit reached for " + chat.model + " on " + type + " per min (" + unit + "): Limit " +
                            std::to_string(bucket.per_minute()) + ", Used " +
                            std::to_string(bucket.per_minute() - bucket.remaining(now)) + ", Requested " +
                            std::to_string(requested) + ". Please try again in " + reset_text(wait) + ".",
                        type,
                        "",
                        "rate_limit_exceeded",
                        wait};
    };
    switch (quota_.admit(now, tokens)) {
        case Quota::Verdict::out_of_requests:
            ledger_.refuse(Refusal::out_of_requests);
            return error("requests", quota_.requests(), "RPM", 1);
        case Quota::Verdict::out_of_tokens:
            ledger_.refuse(Refusal::out_of_tokens);
            return error("tokens", quota_.tokens(), "TPM", tokens);
        case Quota::Verdict::too_large:
            ledger_.refuse(Refusal::too_large);
            return ApiError{429,
                            "Request too large for " + chat.model + " on tokens per min (TPM): Limit " +
                                std::to_string(settings_.tokens_per_minute) + ", Requested " + std::to_string(tokens) +
                                ". The input or output tokens must be reduced in order to run successfully.",
                            "tokens", "", "rate_limit_exceeded"};
        case Quota::Verdict::admitted:
            break;
    }
    ledger_.admit(now, tokens);
    return std::nullopt;
}

std::optional<ApiError> Simulator::refusal(const ChatRequest& chat, TimePoint now) {
    if (!knows(chat.model)) {
        ledger_.refuse(Refusal::unknown_model);
        return ApiError{404, "The model does not exist or you do not have access to it.", "invalid_request_error", "",
                        "model_not_found"};
    }
    if (chat.prompt_tokens + chat.max_tokens.value_or(0) > settings_.context_tokens) {
        ledger_.refuse(Refusal::context_length);
        return ApiError{400,
                        "This model's maximum context length is " + std::to_string(settings_.context_tokens) +
                            " tokens. However, you requested " + std::to_string(chat.prompt_tokens) +
                            " tokens in the messages and " + std::to_string(chat.max_tokens.value_or(0)) +
                            " in the completion.",
                        "invalid_request_error", "messages", "context_length_exceeded"};
    }
    if (settings_.quota_exhausted_after && ledger_.paid_answers() >= *settings_.quota_exhausted_after) {
        ledger_.refuse(Refusal::out_of_quota);
        return ApiError{429, "You exceeded your current quota, please check your plan and billing details.",
                        "insufficient_quota", "", "insufficient_quota"};
    }
    return limit(chat, now);
}

FaultKind Simulator::fault_for(const ChatRequest& chat, std::uint64_t document, const Dice& dice) {
    if (const auto planned = script_.next(chat.document, document)) return *planned;
    double roll = dice.uniform(Dice::Roll::fault);
    for (const auto& [kind, rate] : settings_.faults) {
        if (roll < rate) return kind;
        roll -= rate;
    }
    return FaultKind::none;
}

std::uint64_t Simulator::cached_tokens(const ChatRequest& chat) {
    if (chat.prefix_tokens < cache_tokens_min || prefixes_.add(chat.prefix_hash) == 0) return 0;
    return chat.prefix_tokens / cache_tokens_step * cache_tokens_step;
}

void Simulator::chat(const http::ServerRequest& request, TimePoint now, WallTime wall, Planned& planned) {
    ledger_.arrive(now, wall);
    planned.concurrent = true;
    http::ServerReply& reply = planned.reply;

    if (!settings_.api_key.empty() && request.header("authorization") != "Bearer " + settings_.api_key.reveal()) {
        ledger_.refuse(Refusal::unauthorized);
        return set_error({401, "Incorrect API key provided.", "invalid_request_error", "", "invalid_api_key"}, reply);
    }
    auto read = read_chat_request(request.body);
    if (const auto* error = std::get_if<ApiError>(&read)) {
        ledger_.refuse(Refusal::bad_request);
        return set_error(*error, reply);
    }
    const Personality& personality = *settings_.personality;
    if (const auto error = refused_by(personality, request.body)) {
        ledger_.refuse_shape(error->refuses);
        return set_error(*error, reply);
    }
    if (const auto error = no_room()) return set_error(*error, reply);
    ChatRequest chat = std::get<ChatRequest>(std::move(read));
    if (personality.cuts_prompts_at > 0) cut_prompt(personality.cuts_prompts_at, chat);
    const auto refused = refusal(chat, now);
    if (personality.limit_headers) add_limit_headers(now, reply);
    if (refused) return set_error(*refused, reply);

    const std::uint64_t body = hash_of(request.body);
    const std::uint64_t occurrence = seen_.add(body);
    const Dice dice(settings_.seed, body, occurrence);
    const std::string id = hex(dice.bits(Dice::Roll::identity));
    reply.headers.push_back({"x-request-id", "req_" + id});
    if (settings_.latency_median > Duration{}) {
        const double factor = dice.lognormal(settings_.latency_sigma);
        planned.latency = std::chrono::duration_cast<Duration>(settings_.latency_median * factor);
    }

    const std::uint64_t document = document_hash(chat.document);
    const FaultKind fault = fault_for(chat, document, dice);
    planned.delivery = delivery_of(fault);
    planned.drip_interval = settings_.drip_interval;
    if (!is_paid(fault)) {
        ledger_.reply(fault, document, std::nullopt);
        return reply_without_answer(fault, settings_, dice, reply);
    }
    const Dice answer_dice(settings_.seed, document ^ hash_of(chat.model), chat.temperature > 0 ? occurrence : 0);
    Answer answer = labeler_.answer(chat, fault, answer_dice, dice);
    reason(personality.replies, answer);
    const Charge charge{chat.prompt_tokens, cached_tokens(chat), answer.tokens()};
    ledger_.reply(fault, document, charge);
    reply.body = completion_body("chatcmpl-" + id, chat.model, answer, charge, wall);
    if (fault == FaultKind::broken_envelope) reply.body.resize(reply.body.size() / 2);
}

}  // namespace prelabel::llm_sim
