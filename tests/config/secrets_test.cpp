#include "config/secrets.hpp"

#include <prelabel/base/ascii.hpp>
#include <prelabel/base/redaction.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace prelabel::config {
namespace {

/// What is left of a text that somebody prints after the value was kept. Each case has a secret of its own: what was
/// kept once is kept for good.
std::string shown(std::string_view name, const std::string& value, const std::string& printed) {
    keep_secrets_of(name, value);
    return redacted(printed);
}

TEST(Secrets, AllOfAValueIsKeptWhereItsNameSaysSo) {
    EXPECT_EQ(shown("sasl.password", "vexing-quilt", "login vexing-quilt failed"), "login *** failed");
    EXPECT_EQ(shown("ssl.key.pem", "BEGIN-jumpy-zebra-owl-END", "bad BEGIN-jumpy-zebra-owl-END"), "bad ***");
    EXPECT_EQ(shown("client.id", "worker-of-team-03", "I am worker-of-team-03"), "I am worker-of-team-03");
    EXPECT_EQ(shown("", "plain-words-04", "said plain-words-04"), "said plain-words-04") << "without a name";
}

TEST(Secrets, OfAnAddressThePasswordIsKeptAndNotTheHost) {
    EXPECT_EQ(shown("", "https://me:glyph-waltz-job@host.example/v1", "no glyph-waltz-job at host.example"),
              "no *** at host.example");
    EXPECT_EQ(shown("", "https://frosty-nymph-oz@host.example/v1", "no frosty-nymph-oz at host.example"),
              "no *** at host.example")
        << "a user name may be a token";
    EXPECT_EQ(shown("", "https://me:a@quick-dwarf-kegs@host.example", "no a@quick-dwarf-kegs"), "no ***")
        << "the last @ ends the password";
    EXPECT_EQ(shown("", "https://host.example/of/a@bright-vixen-hop", "at of/a@bright-vixen-hop"),
              "at of/a@bright-vixen-hop")
        << "behind the host it is part of the path";
}

TEST(Secrets, OfAnAddressTheValuesOfAQueryAreKept) {
    const std::string address = "https://host.example/v1?mode=crazy-fred-bought&key=pack-my-liquor-jugs";
    EXPECT_EQ(shown("", address, "crazy-fred-bought and pack-my-liquor-jugs"), "*** and ***");
    EXPECT_EQ(shown("", "https://host.example/v1?mode=a#sphinx-of-quartz", "sphinx-of-quartz"), "sphinx-of-quartz")
        << "a fragment is not sent";
    EXPECT_EQ(shown("", "host.example?mode=five-hexing-wizards", "five-hexing-wizards"), "five-hexing-wizards")
        << "without a scheme it is no address";
    EXPECT_EQ(shown("", "https://host.example/v1?&&how-razorback-frogs", "how-razorback-frogs"), "how-razorback-frogs")
        << "a name without a value";
    EXPECT_EQ(shown("", "https://host.example/v1?", "fine"), "fine");
}

TEST(Secrets, WhatIsAssignedToSuchANameIsKept) {
    EXPECT_EQ(shown("", "client.id=maria-31,sasl.password=waxy-and-quivering", "maria-31 has waxy-and-quivering"),
              "maria-31 has ***");
    EXPECT_EQ(shown("", "a=b; ssl.key.password=two-driven-jocks; c=d", "x two-driven-jocks x"), "x *** x");
    EXPECT_EQ(shown("", "sasl.password=zephyrs-blow-up more words", "x zephyrs-blow-up x"), "x *** x");
    EXPECT_EQ(shown("", "sasl.password=", "nothing is kept of nothing"), "nothing is kept of nothing");
    EXPECT_EQ(shown("", "=jackdaws-love-my", "x jackdaws-love-my"), "x jackdaws-love-my");
}

/// An environment that remembers what it was asked for.
class Variables {
public:
    using Values = std::map<std::string, std::string>;

    explicit Variables(Values all) : all_(std::move(all)) {}

    Environment environment() {
        return [this](const std::string& name) {
            asked_.push_back(name);
            const auto found = all_.find(name);
            return found == all_.end() ? std::nullopt : std::optional(found->second);
        };
    }
    [[nodiscard]] const std::vector<std::string>& asked() const { return asked_; }

private:
    Values all_;
    std::vector<std::string> asked_;
};

/// What is left of a text after this variable was looked up for what stands at `name`.
std::string shown_after(const std::string& variable, const std::string& value, std::string_view name,
                        const std::string& printed, bool in_secret_field = false) {
    Variables variables(Variables::Values{{variable, value}});
    const Environment inner = variables.environment();
    EXPECT_EQ(keeping_secrets(inner, name, in_secret_field)(variable), value) << "the value itself is handed on";
    return redacted(printed);
}

TEST(Secrets, AVariableThatHoldsNoSecretIsShown) {
    for (const auto& [variable, value] :
         std::vector<std::pair<std::string, std::string>>{{"MY_TOPIC", "documents-of-team-41"},
                                                          {"KB", "kafka-0.eu-west-1.example:9092,10.0.0.12:9093"},
                                                          {"LLM", "http://gpu-node-7.example:8000/v1"},
                                                          {"MODEL", "Meta-Llama-3.1-70B-Instruct-AWQ-INT4"},
                                                          {"MODEL", "gpt-4o-mini-2024-07-18"},
                                                          {"HOSTNAME", "worker-k8s-2"}}) {
        EXPECT_EQ(shown_after(variable, value, "topic", "no " + value), "no " + value);
    }
    Variables variables(Variables::Values{});
    const Environment inner = variables.environment();
    EXPECT_EQ(keeping_secrets(inner, "topic")("NO_SUCH"), std::nullopt);
    EXPECT_EQ(variables.asked(), (std::vector<std::string>{"NO_SUCH"}));
}

TEST(Secrets, AVariableIsShownInPlaceOfACredential) {
    EXPECT_EQ(shown_after("HARMLESS_51", "moldy-xylophone-duet", "sasl.password", "cut: moldy-xylophone…"),
              "cut: ${HARMLESS_51}…");
    EXPECT_EQ(redacted("topic moldy-xylophone-duet"), "topic ${HARMLESS_51}") << "also where it stands elsewhere too";
    EXPECT_EQ(shown_after("HARMLESS_52", "wax quartz jukebox", "", "no wax quartz jukebox", true), "no ${HARMLESS_52}");
}

TEST(Secrets, AVariableWhoseNameSoundsLikeASecretIsOneWhereverItStands) {
    for (const auto& [variable, value] :
         std::vector<std::pair<std::string, std::string>>{{"OPENAI_API_KEY", "amber-ibex"},
                                                          {"hf_token", "blunt-jigs"},
                                                          {"CLIENT_SECRET", "civic-kelp"},
                                                          {"DB_PASSWORD", "dusky-lynx"},
                                                          {"DB_PASS", "eerie-moth"},
                                                          {"SMTP_PWD", "fusty-newt"},
                                                          {"BASIC_AUTH", "gruff-oryx"},
                                                          {"MY_CREDENTIALS", "husky-puma"},
                                                          {"PRIVATE_PART", "itchy-quail"},
                                                          {"SESSION_COOKIE", "jolly-ravens"}}) {
        EXPECT_EQ(shown_after(variable, value, "topic", "no " + value), "no ${" + variable + "}");
    }
}

TEST(Secrets, AValueThatAMachineMadeIsTakenForASecret) {
    EXPECT_EQ(shown_after("ODD_1", "sk-7a1c09d4e2", "model", "no model sk-7a1c09d4e2"), "no model ${ODD_1}");
    EXPECT_EQ(redacted("quoted: 7a1c09d4"), "quoted: ${ODD_1}") << "a part of it too";
    const std::string long_word(32, 'q');
    EXPECT_EQ(shown_after("ODD_2", long_word, "model", "no " + long_word), "no ${ODD_2}");
    EXPECT_EQ(shown_after("ODD_3", "http://me:brick-quiz-whangs@host.example/v1", "", "x"), "x");
    EXPECT_EQ(
        shown("", "http://me:brick-quiz-whangs@host.example/v1", "no http://me:brick-quiz-whangs@host.example/v1"),
        "no http://***@host.example/v1")
        << "of an address what is not the host";
    EXPECT_EQ(shown_after("ODD_4", "b-1.c9d8e7f60a.example:9092,b-2.plain.example:9092", "brokers",
                          "b-2.plain.example:9092 is down"),
              "b-2.plain.example:9092 is down")
        << "one host of many may be named";
}

}  // namespace
}  // namespace prelabel::config
