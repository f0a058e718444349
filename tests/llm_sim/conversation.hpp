#pragma once

#include "llm_sim/simulator.hpp"

#include <prelabel/base/json_text.hpp>

#include <string>
#include <string_view>
#include <utility>

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

namespace prelabel::llm_sim {

/// A request to label `document` with PER, ORG and LOC. `more` goes into the body's object: `,"max_tokens":5`.
inline std::string request_body(std::string_view document, const std::string& more = R"(,"temperature":0)") {
    return R"({"model":"gpt-4o-mini","messages":[{"role":"system","content":"Mark entities.\n\nLabels:\n- PER\n- ORG\n- LOC\n"},)"
           R"({"role":"user","content":)" +
           json_string("<document-1>\n" + std::string(document) + "\n</document-1>") + "}]" + more + "}";
}

/// A parsed JSON body.
class Json {
public:
    explicit Json(const std::string& text) { document_.Parse(text.c_str(), text.size()); }

    [[nodiscard]] bool valid() const { return !document_.HasParseError(); }
    [[nodiscard]] const rapidjson::Value* at(const char* pointer) const {
        return valid() ? rapidjson::Pointer(pointer).Get(document_) : nullptr;
    }
    [[nodiscard]] std::string text(const char* pointer) const {
        const auto* value = at(pointer);
        return value != nullptr && value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                                                     : "(none)";
    }
    [[nodiscard]] std::int64_t number(const char* pointer) const {
        const auto* value = at(pointer);
        return value != nullptr && value->IsInt64() ? value->GetInt64() : -1;
    }
    [[nodiscard]] bool null(const char* pointer) const {
        const auto* value = at(pointer);
        return value != nullptr && value->IsNull();
    }

private:
    rapidjson::Document document_;
};

/// A simulator and the time.
class Conversation {
public:
    explicit Conversation(Settings settings = {}, const std::string& script = "", const std::string& gold = "")
        : simulator(std::move(settings), *GoldBook::parse(gold, "gold"), *FaultScript::parse(script, "script"), now) {}

    Simulator::Planned send(std::string_view method, std::string_view target, std::string_view body = {},
                            std::vector<http::Header> headers = {}) {
        http::ServerRequest request;
        request.method = method;
        request.target = target;
        request.headers = std::move(headers);
        request.body = body;
        auto planned = simulator.receive(request, now, WallTime(std::chrono::milliseconds(1'790'000'000'000)));
        if (planned.concurrent) simulator.leave();
        return planned;
    }
    Simulator::Planned ask(std::string_view document, const std::string& more = R"(,"temperature":0)") {
        return send("POST", "/v1/chat/completions", request_body(document, more));
    }
    std::string content(std::string_view document) {
        return Json(ask(document).reply.body).text("/choices/0/message/content");
    }
    Json stats(const std::string& query = "") { return Json(send("GET", "/stats" + query).reply.body); }

    TimePoint now{std::chrono::hours(1)};
    Simulator simulator;
};

[[nodiscard]] inline std::string header(const http::ServerReply& reply, std::string_view name) {
    for (const http::Header& field : reply.headers)
        if (field.name == name) return field.value;
    return "(none)";
}

}  // namespace prelabel::llm_sim
