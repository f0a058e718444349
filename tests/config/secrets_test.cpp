#include "config/secrets.hpp"

#include <prelabel/base/redaction.hpp>

#include <map>
#include <string>
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

TEST(Secrets, AVariableIsShownInPlaceOfWhatItHeld) {
    Variables variables(Variables::Values{{"MY_TOPIC", "documents-of-team-41"}});
    const Environment inner = variables.environment();
    const Environment environment = keeping_secrets(inner, "topic");
    EXPECT_EQ(environment("MY_TOPIC"), "documents-of-team-41") << "the value itself is handed on";
    EXPECT_EQ(redacted("no topic documents-of-team-41"), "no topic ${MY_TOPIC}");
    EXPECT_EQ(environment("NO_SUCH"), std::nullopt);
    EXPECT_EQ(variables.asked(), (std::vector<std::string>{"MY_TOPIC", "NO_SUCH"}));
}

TEST(Secrets, APartOfACredentialIsShownNoMoreThanAllOfIt) {
    Variables variables(
        Variables::Values{{"MY_PASSWORD", "moldy-xylophone-duet"}, {"MY_HOSTS", "alpha-51.example,beta-51.example"}});
    const Environment inner = variables.environment();
    static_cast<void>(keeping_secrets(inner, "sasl.password")("MY_PASSWORD"));
    EXPECT_EQ(redacted("cut: moldy-xylophone…").find("xylophone"), std::string::npos);
    static_cast<void>(keeping_secrets(inner, "brokers")("MY_HOSTS"));
    EXPECT_EQ(redacted("beta-51.example is down"), "beta-51.example is down") << "one host of many may be named";
    EXPECT_EQ(redacted("alpha-51.example,beta-51.example are down"), "${MY_HOSTS} are down");
}

}  // namespace
}  // namespace prelabel::config
