#include <prelabel/base/redaction.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/base/utf8.hpp>

#include <string>
#include <thread>
#include <vector>

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
    for (const char* secret : {"sasl.password", "sasl.username", "sasl.oauthbearer.config", "ssl.key.pem",
                               "ssl.key.password", "sasl.oauthbearer.token.endpoint.url", "ssl.keystore.password",
                               "sasl.jaas.config", "clientSecret", "X-Api-Key"})
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

/// Whether `text` holds eight bytes in a row of the secret.
bool shows_eight_bytes(std::string_view text, std::string_view secret) {
    for (std::size_t at = 0; at + 8 <= secret.size(); ++at)
        if (text.find(secret.substr(at, 8)) != std::string_view::npos) return true;
    return false;
}

TEST(Redaction, HidesEveryPieceOfEightBytesAndShowsEveryShorterOne) {
    const std::string secret = "sk-live-9f3a27d1";
    const auto redaction = credential(secret);
    for (std::size_t at = 0; at < secret.size(); ++at) {
        for (std::size_t size = 1; at + size <= secret.size(); ++size) {
            const std::string piece = secret.substr(at, size);
            const std::string expected = size < 8 ? piece : "***";
            EXPECT_EQ(redaction.apply(piece), expected);
            EXPECT_EQ(redaction.apply("key=" + piece + "; no"), "key=" + expected + "; no");
        }
    }
}

TEST(Redaction, LeavesNoEightBytesWhateverIsPutTogether) {
    const std::string secret = "p@ss-w0rd/9f3a27";
    const std::string other = "9f3a27p@ss-other";
    auto redaction = credential(secret);
    redaction.add(other, "***", Secrecy::credential);
    Rng rng(29);
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (int i = 0; i < 5; ++i) {
            const std::string& from = rng.chance(0.5) ? secret : other;
            const std::size_t at = rng.below(from.size());
            text += from.substr(at, rng.below(from.size()));
            if (rng.chance(0.3)) text += ' ';
        }
        const std::string left = redaction.apply(text);
        ASSERT_FALSE(shows_eight_bytes(left, secret)) << left;
        ASSERT_FALSE(shows_eight_bytes(left, other)) << left;
        ASSERT_EQ(redaction.apply(left), left) << "what is clean stays as it is";
    }
}

TEST(Redaction, ShowsEachSecretsOwnNameOnceForEachPlace) {
    auto redaction = credential("sk-live-9f3a27", "${ONE}");
    redaction.add("hunter2+hunter3", "${TWO}", Secrecy::credential);
    EXPECT_EQ(redaction.apply("sk-live-9f3a27hunter2+hunter3"), "${ONE}${TWO}");
    EXPECT_EQ(redaction.apply("sk-live-9f3a27 sk-live-9f3a27"), "${ONE} ${ONE}");
    redaction.add("sk-live-9f3a27", "${LATE}", Secrecy::credential);
    EXPECT_EQ(redaction.apply("sk-live-9f3a27"), "${ONE}") << "the first name stays";
}

TEST(Redaction, AValueThatIsAlsoACredentialIsHiddenInParts) {
    auto redaction = value("sk-live-9f3a27", "${ENV}");
    EXPECT_EQ(redaction.apply("sk-live-9f3a"), "sk-live-9f3a");
    redaction.add("sk-live-9f3a27", "***", Secrecy::credential);
    EXPECT_EQ(redaction.apply("sk-live-9f3a"), "***");
    redaction.add("sk-live-9f3a27", "${AGAIN}", Secrecy::value);
    EXPECT_EQ(redaction.apply("sk-live-9f3a27"), "***") << "a credential's name goes before a variable's";
}

TEST(Redaction, KnowsASecretFromAFileWithoutTheEndOfItsLine) {
    EXPECT_EQ(credential("hunter2-secret\n").apply("key hunter2-secret, no"), "key ***, no");
    EXPECT_EQ(credential("hunt-2 \n").apply("key hunt-2, no"), "key ***, no");
}

TEST(Redaction, KnowsAKeyOfManyLinesAlsoWhenItIsEscaped) {
    const std::string key = "-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----";
    const auto redaction = credential(key);
    EXPECT_EQ(redaction.apply("pem: " + key), "pem: ***");
    EXPECT_EQ(redaction.apply(R"({"pem":"-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----"})"),
              R"({"pem":"***"})");
    EXPECT_EQ(redaction.apply("line 2: BgkqhkiG9w0B"), "line 2: ***");
}

TEST(Redaction, ReplacesAValueOnlyWhereItIsAWordOfItsOwn) {
    const auto redaction = value("node-17", "${NODE}");
    EXPECT_EQ(redaction.apply("node-17 node-170 anode-17 node-17_a node-17-b (node-17)"),
              "${NODE} node-170 anode-17 node-17_a ${NODE}-b (${NODE})");
    EXPECT_EQ(value("abc", "${SHORT}").apply("abc"), "abc") << "three bytes are no secret";
    EXPECT_EQ(value("a-bc", "${FOUR}").apply("a-bc"), "${FOUR}");
}

TEST(Redaction, HidesTheFirst64KiBOfAVeryLongSecret) {
    Rng rng(31);
    std::string secret;
    while (secret.size() < 80'000) secret += static_cast<char>('!' + rng.below(90));
    const auto redaction = credential(secret);
    EXPECT_EQ(redaction.apply(secret.substr(0, 100)), "***");
    EXPECT_EQ(redaction.apply(secret.substr(65'536 - 8, 8)), "***");
    EXPECT_EQ(redaction.apply(secret.substr(65'536, 100)), secret.substr(65'536, 100));
}

TEST(Redaction, WithoutSecretsChangesNothing) {
    EXPECT_EQ(Redaction().apply("key sk-live-9f3a27"), "key sk-live-9f3a27");
    EXPECT_EQ(credential("").apply("anything"), "anything");
    EXPECT_EQ(credential("https://").apply("https://example.org"), "https://example.org");
}

TEST(Redaction, LearnsAndReplacesOnAllThreads) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([thread] {
            for (int i = 0; i < 50; ++i) {
                const std::string secret = "thread-" + std::to_string(thread) + "-secret-" + std::to_string(i);
                keep_secret(secret, "${T}");
                EXPECT_EQ(redacted("key " + secret), "key ${T}");
            }
        });
    }
    for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace prelabel
