#include <prelabel/base/redaction.hpp>
#include <prelabel/base/utf8.hpp>

#include <gtest/gtest.h>

namespace prelabel {
namespace {

Redaction credential(std::string_view secret, std::string_view shown_as = "***") {
    Redaction redaction;
    redaction.add(secret, shown_as, Secrecy::credential);
    return redaction;
}

Redaction value(std::string_view secret, std::string_view shown_as) {
    Redaction redaction;
    redaction.add(secret, shown_as, Secrecy::value);
    return redaction;
}

TEST(Redaction, ReplacesACredentialWhereverItStands) {
    const auto redaction = credential("sk-live-9f3a27", "${KEY}");
    EXPECT_EQ(redaction.apply("wrong key sk-live-9f3a27 given"), "wrong key ${KEY} given");
    EXPECT_EQ(redaction.apply("sk-live-9f3a27"), "${KEY}");
    EXPECT_EQ(redaction.apply("xsk-live-9f3a27sk-live-9f3a27x"), "x${KEY}x");
    EXPECT_EQ(redaction.apply("sk-live is how keys begin"), "sk-live is how keys begin");
    EXPECT_EQ(redaction.apply(""), "");
}

TEST(Redaction, FindsWhatWasCutOrQuotedInPart) {
    const auto redaction = credential("scope=all clientSecret=b7c9d1e3f5");
    EXPECT_EQ(redaction.apply("config beginning at: clientSecret=b7c9d1e3f5"), "config beginning at:***");
    EXPECT_EQ(redaction.apply("found \"scope=all clientSec…\""), "found \"***…\"");
    EXPECT_EQ(redaction.apply("c9d1e3f5"), "***");
    EXPECT_EQ(redaction.apply("d1e3f5"), "d1e3f5") << "fewer than eight bytes say little";
}

TEST(Redaction, KnowsTheFormsInWhichACredentialTravels) {
    const auto redaction = credential("p@ss/w\"rd+é%9");
    EXPECT_EQ(redaction.apply("?key=p%40ss%2Fw%22rd%2B%C3%A9%259&x=1"), "?key=***&x=1");
    EXPECT_EQ(redaction.apply("?key=p%40ss%2fw%22rd%2b%c3%a9%259"), "?key=***");
    EXPECT_EQ(redaction.apply(R"({"password":"p@ss/w\"rd+é%9"})"), R"({"password":"***"})");
    const auto plain = credential("hunter2-secret");
    EXPECT_EQ(plain.apply("Basic aHVudGVyMi1zZWNyZXQ="), "Basic ***Q=") << "alone";
    EXPECT_EQ(plain.apply("Basic bWU6aHVudGVyMi1zZWNyZXQ="), "Basic bWU6***Q=") << "behind \"me:\"";
    EXPECT_EQ(plain.apply("Basic eW91Omh1bnRlcjItc2VjcmV0"), "Basic eW91Om***") << "behind \"you:\"";
    EXPECT_EQ(plain.apply("Basic dXM6OmFodW50ZXIyLXNlY3JldA=="), "Basic dXM6OmF***A==") << "in the third place";
}

TEST(Redaction, LeavesTextsReadableBesideShortSecrets) {
    for (const char* harmless : {"1", "9092", "kafka", "admin", "true", "5s", "off", "secret"}) {
        const auto redaction = credential(harmless);
        const std::string text = "kafka admin on 9092: true, off after 5s, 1 secret";
        EXPECT_EQ(redaction.apply(text), text) << harmless;
    }
    EXPECT_EQ(credential("hunter2").apply("user hunter2, hunter2x, xhunter2, (hunter2)"),
              "user ***, hunter2x, xhunter2, (***)");
    EXPECT_EQ(credential("a-b!").apply("xa-b!x a-b!"), "xa-b!x ***");
}

TEST(Redaction, ReplacesAVariablesValueAsAWholeByItsName) {
    EXPECT_EQ(value("kafka-0:9092,kafka-1:9092", "${BROKERS}").apply("kafka-0:9092,kafka-1:9092 do not answer"),
              "${BROKERS} do not answer");
    EXPECT_EQ(value("kafka-0:9092,kafka-1:9092", "${BROKERS}").apply("kafka-1:9092: refused"), "kafka-1:9092: refused");
    EXPECT_EQ(value("prelabel-7d9f", "${HOSTNAME}").apply("prelabel: member prelabel-7d9f is fenced"),
              "prelabel: member ${HOSTNAME} is fenced");
    EXPECT_EQ(value("http://127.0.0.1:8089/v1/", "${URL}").apply("at http://127.0.0.1:8089/v1: no"),
              "at http://${URL}: no");
}

TEST(Redaction, LeavesTheSchemeOfAnAddress) {
    const auto redaction = credential("https://me:hunter2@login.example/token");
    EXPECT_EQ(redaction.apply("https://other.test is well"), "https://other.test is well");
    EXPECT_EQ(redaction.apply("cannot reach https://me:hunter2@login.example/token"), "cannot reach https://***");
}

TEST(Redaction, NeverCutsACharacterInHalf) {
    const auto redaction = credential("geheim€wörter");
    for (const char* text :
         {"geheim€wörter", "xxgeheim€wör€", "ageheim€w\xC3\xB8", "€€heim€wört\xC3\xA9", "eim€wört"}) {
        const auto left = redaction.apply(text);
        EXPECT_EQ(utf8::first_invalid(left), std::nullopt) << left;
        EXPECT_EQ(left.find("heim€"), std::string::npos) << left;
    }
}

TEST(Redaction, ForgetsTheOldestOfVeryMany) {
    Redaction redaction;
    for (int i = 0; i < 1'001; ++i)
        redaction.add("secret-number-" + std::to_string(100'000 + i), "***", Secrecy::credential);
    EXPECT_NE(redaction.apply("number-101000").find("***"), std::string::npos);
    EXPECT_EQ(redaction.apply("secret-number-101000"), "***");
    Redaction many;
    for (int i = 0; i < 1'001; ++i) many.add("v-" + std::to_string(100'000 + i), "***", Secrecy::value);
    EXPECT_EQ(many.apply("v-100000 v-100001 v-101000"), "v-100000 *** ***");
}

TEST(Redaction, TellsCredentialsByTheNameOfTheirKey) {
    for (const char* secret :
         {"sasl.password", "sasl.username", "sasl.oauthbearer.config", "ssl.key.pem", "ssl.key.password",
          "sasl.oauthbearer.token.endpoint.url", "ssl.keystore.password", "sasl.jaas.config"})
        EXPECT_TRUE(names_a_secret(secret)) << secret;
    for (const char* open :
         {"security.protocol", "sasl.mechanism", "client.id", "group.instance.id", "ssl.ca.location"})
        EXPECT_FALSE(names_a_secret(open)) << open;
}

TEST(Redaction, HoldsForTheWholeProcess) {
    EXPECT_EQ(redacted("process-wide-9c1"), "process-wide-9c1");
    keep_secret("process-wide-9c1", "${WIDE}");
    keep_secret("process-wide-9c1", "${AGAIN}");
    EXPECT_EQ(redacted("process-wide-9c1"), "${WIDE}");
}

}  // namespace
}  // namespace prelabel
