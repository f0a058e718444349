// What each fault looks like, byte by byte where that matters.

#include "conversation.hpp"

#include <gtest/gtest.h>

namespace prelabel::llm_sim {
namespace {

using namespace std::chrono_literals;

const std::string document = "Ada met Bob in London.";
const std::string right =
    R"({"entities":[{"label":"PER","text":"Ada"},{"label":"PER","text":"Bob"},{"label":"LOC","text":"London"}]})";

Simulator::Planned planned_for(const std::string& fault, std::string_view text = document) {
    Conversation talk({}, R"({"match": "", "replies": [")" + fault + R"("]})");
    auto planned = talk.ask(text);
    EXPECT_EQ(talk.stats().number(("/replies/" + fault).c_str()), 1);
    EXPECT_EQ(talk.stats().number("/paid_by_document/answers"), is_paid(*from_string<FaultKind>(fault)) ? 1 : 0)
        << fault;
    return planned;
}

http::ServerReply reply_to(const std::string& fault, std::string_view text = document) {
    return planned_for(fault, text).reply;
}

std::string content(const http::ServerReply& reply) { return Json(reply.body).text("/choices/0/message/content"); }

TEST(Faults, WithoutAnAnswerHaveTheProvidersErrorBodies) {
    const auto throttled = reply_to("429");
    EXPECT_EQ(throttled.status, 429);
    EXPECT_EQ(Json(throttled.body).text("/error/code"), "rate_limit_exceeded");
    EXPECT_EQ(header(throttled, "retry-after"), "1");
    EXPECT_EQ(header(throttled, "retry-after-ms"), "1000");
    const auto error = reply_to("500");
    EXPECT_EQ(error.status, 500);
    EXPECT_EQ(Json(error.body).text("/error/type"), "server_error");
    const auto unavailable = reply_to("503");
    EXPECT_EQ(unavailable.status, 503);
    EXPECT_EQ(header(unavailable, "retry-after"), "1");
    const auto length = reply_to("context_length");
    EXPECT_EQ(length.status, 400);
    EXPECT_EQ(Json(length.body).text("/error/code"), "context_length_exceeded");
    const auto money = reply_to("insufficient_quota");
    EXPECT_EQ(money.status, 429);
    EXPECT_EQ(Json(money.body).text("/error/code"), "insufficient_quota");
    EXPECT_EQ(header(money, "retry-after"), "(none)");
}

TEST(Faults, OfTheDeliveryLeaveTheAnswerAlone) {
    for (const auto& [fault, delivery] :
         {std::pair{"ok", Delivery::normal}, std::pair{"reset", Delivery::reset}, std::pair{"drip", Delivery::drip},
          std::pair{"truncated", Delivery::truncated}}) {
        const auto planned = planned_for(fault);
        EXPECT_EQ(planned.delivery, delivery);
        EXPECT_EQ(content(planned.reply), right);
    }
    EXPECT_EQ(planned_for("drip").drip_interval, 50ms);
    EXPECT_EQ(planned_for("hang").delivery, Delivery::hang);
}

TEST(Faults, OfTheEnvelopeAreNoCompletions) {
    const auto broken = reply_to("broken_envelope");
    EXPECT_EQ(broken.status, 200);
    EXPECT_EQ(broken.content_type, "application/json");
    EXPECT_FALSE(Json(broken.body).valid());

    int plain = 0;
    int html = 0;
    for (int i = 0; i < 50; ++i) {
        const auto reply = reply_to("wrong_content_type", "document " + std::to_string(i));
        plain += reply.status == 500 && reply.content_type == "text/plain";
        html += reply.status == 200 && reply.content_type == "text/html";
        EXPECT_FALSE(Json(reply.body).valid());
    }
    EXPECT_EQ(plain + html, 50);
    EXPECT_GT(plain, 10);
    EXPECT_GT(html, 10);
}

TEST(Faults, OfTheAnswerStandInAGoodEnvelope) {
    EXPECT_EQ(content(reply_to("ok")), right);
    EXPECT_FALSE(Json(content(reply_to("invalid_json"))).valid());
    EXPECT_EQ(content(reply_to("code_fence")), "Here are the entities:\n\n```json\n" + right + "\n```\n");
    EXPECT_EQ(content(reply_to("empty")), "");

    const auto cut_short = reply_to("truncated_answer");
    EXPECT_EQ(content(cut_short), right.substr(0, right.size() / 2));
    EXPECT_EQ(Json(cut_short.body).text("/choices/0/finish_reason"), "length");

    const Json refusal(reply_to("refusal").body);
    EXPECT_TRUE(refusal.null("/choices/0/message/content"));
    EXPECT_NE(refusal.text("/choices/0/message/refusal"), "(none)");
    const Json filtered(reply_to("content_filter").body);
    EXPECT_TRUE(filtered.null("/choices/0/message/content"));
    EXPECT_EQ(filtered.text("/choices/0/finish_reason"), "content_filter");
}

TEST(Faults, OfTheEntitiesAreNotInTheDocumentOrNotInTheTask) {
    const Json invented(content(reply_to("hallucinated")));
    EXPECT_EQ(invented.text("/entities/2/text"), "London");
    EXPECT_EQ(document.find(invented.text("/entities/3/text")), std::string::npos);

    const std::string unknown = content(reply_to("unknown_label"));
    EXPECT_NE(unknown.find(R"("label":"NOBODY_ASKED")"), std::string::npos);
    EXPECT_EQ(Json(content(reply_to("unknown_label", "nothing here"))).text("/entities/0/text"), "nothing");

    const Json wrong(content(reply_to("wrong_document")));
    ASSERT_NE(wrong.text("/entities/0/text"), "(none)");
    for (const char* pointer : {"/entities/0/text", "/entities/1/text"})
        EXPECT_EQ(document.find(wrong.text(pointer)), std::string::npos);
}

TEST(Faults, CutTextOnlyBetweenCodePoints) {
    EXPECT_EQ(cut("aé🎉", 10), "aé🎉");
    EXPECT_EQ(cut("aé🎉", 6), "aé");
    EXPECT_EQ(cut("aé🎉", 2), "a");
    EXPECT_EQ(cut("🎉", 3), "");
}

}  // namespace
}  // namespace prelabel::llm_sim
