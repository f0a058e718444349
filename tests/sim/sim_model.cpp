#include "sim_model.hpp"

#include <prelabel/labeling/json_text.hpp>

#include <algorithm>
#include <utility>

namespace prelabel::sim {
namespace {

using labeling::json_string;
using std::chrono::milliseconds;

std::size_t document_number(const std::string& body) {
    // Examples hold no such mark; the document's turn comes after them.
    const auto at = body.find("doc#");
    expects(at != std::string::npos, "every simulated document carries its number");
    return std::stoul(body.substr(at + 4));
}

std::string content_of(const std::vector<labeling::Mention>& mentions) {
    std::string out = R"({"entities":[)";
    for (const auto& mention : mentions) {
        if (out.back() == '}') out += ',';
        out += R"({"label":)" + json_string(mention.label) + R"(,"text":)" + json_string(mention.text) + "}";
    }
    return out + "]}";
}

std::string envelope(std::uint64_t id, const std::string& content, const std::string& finish) {
    return R"({"id":"sim-)" + std::to_string(id) + R"(","choices":[{"message":{"role":"assistant","content":)" +
           json_string(content) + R"(},"finish_reason":")" + finish +
           R"("}],"usage":{"prompt_tokens":120,"completion_tokens":30}})";
}

}  // namespace

SimModel::SimModel(SimProvider& provider, SimClock& clock, const Member& member, llm::OpenAiCodec codec,
                   pipeline::Limits limits)
    : provider_(provider), clock_(clock), member_(member), codec_(std::move(codec)), limits_(limits) {}

void SimModel::watch(TimePoint now) {
    ++provider_.calls;
    if (++in_flight_ > limits_.max_in_flight) provider_.violations.emplace_back("more calls in flight than allowed");
    last_minute_.push_back(now);
    while (last_minute_.front() <= now - std::chrono::minutes(1)) last_minute_.pop_front();
    if (limits_.requests_per_minute > 0 && last_minute_.size() > limits_.requests_per_minute)
        provider_.violations.emplace_back("more requests in a minute than allowed");
    if (now > told_at_ && now < not_before_) provider_.violations.emplace_back("a call came before Retry-After");
}

Task<llm::CallOutcome> SimModel::call(pipeline::Body body, TimePoint deadline) {
    if (aborted_) co_return llm::CallFailure{};
    const TimePoint now = clock_.now();
    watch(now);
    const std::size_t number = document_number(*body);
    if (const auto asked = asked_to_wait_.find(number); asked != asked_to_wait_.end() && now < asked->second)
        provider_.violations.emplace_back("document " + std::to_string(number) + " came back before its Retry-After");
    bool silent = !member_.alive;
    Reply reply;
    if (!silent) reply = reply_to(*body, silent);
    const TimePoint answered = silent ? TimePoint::max() : now + milliseconds(1 + provider_.rng.below(3'000));

    UnderWay call;
    under_way_.push_back(&call);
    clock_.arm(call.timer, std::min(answered, deadline));
    const bool in_time = co_await call.over.wait();
    std::erase(under_way_, &call);
    --in_flight_;

    if (!in_time || reply.status == 0) {
        llm::CallFailure failure;
        failure.reply = answered > deadline ? llm::ReplyClass::timed_out : llm::ReplyClass::connection;
        failure.message = "simulated";
        co_return failure;
    }
    if (answered > deadline) {
        llm::CallFailure late;
        late.reply = llm::ReplyClass::timed_out;
        late.message = "simulated";
        co_return late;
    }
    llm::HttpReply http;
    http.status = reply.status;
    http.content_type = "application/json";
    http.retry_after = reply.retry_after;
    http.body = reply.body;
    llm::CallOutcome outcome = codec_.decode(http, clock_.wall_now());
    if (!reply.retry_after.empty()) {
        const TimePoint until = clock_.now() + std::chrono::seconds(std::stol(reply.retry_after));
        asked_to_wait_[number] = until;
        if (reply.status == 429) {  // the account's limit: everybody waits
            told_at_ = clock_.now();
            not_before_ = until;
        }
    }
    co_return outcome;
}

void SimModel::abort() {
    aborted_ = true;
    for (UnderWay* call : under_way_) {
        clock_.disarm(call->timer);
        if (!call->over.is_set()) call->over.set(false);
    }
}

SimModel::Reply SimModel::reply_to(const std::string& body, bool& silent) {
    Rng& rng = provider_.rng;
    switch (provider_.weather) {
        case Weather::down:
            return rng.chance(0.5) ? Reply{503, "upstream is away", rng.chance(0.5) ? "7" : ""} : Reply{0, "", ""};
        case Weather::no_money:
            return {429, R"({"error":{"message":"x","type":"insufficient_quota","code":"insufficient_quota"}})", ""};
        case Weather::busy:
            if (rng.chance(0.7))
                return {429, R"({"error":{"message":"x","type":"requests","code":"rate_limit_exceeded"}})",
                        std::to_string(1 + rng.below(20))};
            break;
        case Weather::fair:
            break;
    }
    const std::size_t number = document_number(body);
    const Fate fate = provider_.documents[number].fate;
    if (fate == Fate::too_long)
        return {400, R"({"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}})",
                ""};
    if (fate == Fate::poison) return {500, R"({"error":{"message":"x"}})", ""};
    if (rng.chance(provider_.faults.call_fails)) return failure(rng.below(7), silent);

    const std::uint64_t id = ++provider_.paid[number];
    if (fate == Fate::refused)
        return {
            200,
            R"({"id":"r","choices":[{"message":{"refusal":"no"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9}})",
            ""};
    std::string content = fate == Fate::garbage ? "I would rather talk about the weather."
                                                : content_of(provider_.documents[number].mentions);
    std::string finish = "stop";
    if (fate == Fate::labeled && rng.chance(provider_.faults.answer_bad)) {
        ++provider_.spoiled[number];
        switch (rng.below(5)) {
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
                content = "{\"entities\": 7}";
                break;
        }
    }
    return {200, envelope(id * 1'000 + number, content, finish), ""};
}

SimModel::Reply SimModel::failure(std::size_t kind, bool& silent) {
    switch (kind) {
        case 0:
            return {429, R"({"error":{"code":"rate_limit_exceeded"}})", "2"};
        case 1:
            return {500, "Internal Server Error", ""};
        case 2:
            return {529, R"({"error":{"type":"overloaded_error"}})", ""};
        case 3:
            return {0, "", ""};
        case 4:
            silent = true;
            return {};
        case 5:
            return {200, R"({"id":"cut","choices":[{"mess)", ""};
        default:
            return {408, "", ""};
    }
}

}  // namespace prelabel::sim
