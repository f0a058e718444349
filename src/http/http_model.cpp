#include <prelabel/base/redaction.hpp>
#include <prelabel/base/version.hpp>
#include <prelabel/http/base_url.hpp>
#include <prelabel/http/http_model.hpp>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace prelabel::http {
namespace {

llm::ReplyClass class_of(FailureKind kind) {
    switch (kind) {
        case FailureKind::connection:
            return llm::ReplyClass::connection;
        case FailureKind::timed_out:
            return llm::ReplyClass::timed_out;
        case FailureKind::malformed:
            return llm::ReplyClass::malformed_reply;
        case FailureKind::wrong_address:  // no time heals it, as none heals a path that is not there
            return llm::ReplyClass::model_missing;
        case FailureKind::local_limit:
            return llm::ReplyClass::local_limit;
    }
    return llm::ReplyClass::connection;
}

llm::CallFailure to_call_failure(HttpFailure failure) {
    llm::CallFailure call;
    call.reply = class_of(failure.kind);
    call.sent = failure.sent != Sent::no;
    call.message = std::move(failure.message);
    call.http_status = failure.proxy_status;
    call.key = std::move(failure.key);
    if (failure.proxy_status == 407) call.reply = llm::ReplyClass::unauthorized;
    if (failure.proxy_status == 403) call.reply = llm::ReplyClass::forbidden;
    return call;
}

bool fits_a_header(const Secret& secret, char least) {
    return std::ranges::all_of(secret.reveal(), [&](char c) { return c >= least && c < '\x7f'; });
}

bool same(const std::vector<HttpModel::Field>& some, const std::vector<HttpModel::Field>& others) {
    return std::ranges::equal(some, others, [](const auto& one, const auto& other) {
        return one.name == other.name && one.value.reveal() == other.value.reveal();
    });
}

}  // namespace

Result<std::unique_ptr<HttpModel>> HttpModel::make(async::Executor executor, async::Clock& clock, llm::Codec codec,
                                                   Settings settings, KeySource key, FieldSource fields) {
    auto base = parse_base_url(codec.settings().base_url);
    if (!base) return base.error();
    auto client = HttpClient::make(executor, clock, base->endpoint, std::move(settings));
    if (!client) return client.error();
    std::string path = base->path + codec.path();
    return std::unique_ptr<HttpModel>(
        new HttpModel(std::move(*client), clock, std::move(codec), std::move(path), std::move(key), std::move(fields)));
}

HttpModel::HttpModel(std::unique_ptr<HttpClient> client, async::Clock& clock, llm::Codec codec, std::string path,
                     KeySource key, FieldSource fields)
    : client_(std::move(client)),
      clock_(clock),
      codec_(std::move(codec)),
      path_(std::move(path)),
      key_(std::move(key)),
      fields_(std::move(fields)) {}

std::optional<std::string> HttpModel::refresh_head() {
    Secret key = key_();
    std::vector<Field> fields = fields_ ? fields_() : std::vector<Field>();
    if (head_ && key.reveal() == key_in_head_.reveal() && same(fields, fields_in_head_)) return std::nullopt;
    if (!fits_a_header(key, '!')) return "llm.api_key";
    for (const Field& field : fields)
        if (!fits_a_header(field.value, ' ')) return "llm.headers." + field.name;
    std::vector<Header> headers{{"Content-Type", "application/json"},
                                {"Accept", "application/json"},
                                {"User-Agent", "prelabel/" + std::string(program_version)}};
    for (auto& field : codec_.authentication(key)) headers.push_back({std::move(field.name), std::move(field.value)});
    for (const Field& field : fields) headers.push_back({field.name, field.value.reveal()});
    head_ = client_->prepare_post(path_, headers);
    key_in_head_ = std::move(key);
    fields_in_head_ = std::move(fields);
    return std::nullopt;
}

async::Coroutine<llm::CallOutcome> HttpModel::call(pipeline::Body body, TimePoint deadline) {
    if (const auto unfit = refresh_head()) {
        llm::CallFailure unusable;
        unusable.reply = llm::ReplyClass::unauthorized;
        unusable.sent = false;
        unusable.message = *unfit + " holds white space or characters that a header cannot carry";
        co_return unusable;
    }
    auto head = head_;
    const bool nobody_named = key_in_head_.reveal().empty() && fields_in_head_.empty();
    HttpOutcome outcome = co_await client_->post(std::move(head), std::move(body), deadline);
    if (auto* failure = std::get_if<HttpFailure>(&outcome)) {
        llm::CallOutcome failed = to_call_failure(std::move(*failure));
        co_return failed;
    }
    const auto& response = std::get<HttpResponse>(outcome);
    const llm::HttpReply reply{.status = static_cast<int>(response.status),
                               .header = [&](std::string_view name) { return response.headers.find(name); },
                               .body = response.body};
    llm::CallOutcome decoded = codec_.decode(reply, clock_.wall_now());
    // What a server says may quote the request's headers, and goes on to logs and dead letters.
    if (auto* failure = std::get_if<llm::CallFailure>(&decoded)) {
        failure->message = redacted(failure->message);
        failure->said = redacted(failure->said);
        // 407 is a proxy's answer, about its own password.
        const bool by_the_server = failure->reply == llm::ReplyClass::unauthorized && response.status != 407;
        if (by_the_server && nobody_named) failure->key = "llm.api_key";
    }
    co_return decoded;
}

}  // namespace prelabel::http
