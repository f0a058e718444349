#include "files.hpp"

#include <prelabel/base/redaction.hpp>
#include <prelabel/config/api_key.hpp>

#include <gmock/gmock.h>

namespace prelabel::config {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class ApiKeys : public ConfigFiles {
protected:
    static TimePoint at(Duration since_start) { return TimePoint(since_start); }
    Environment environment() {
        return [this](const std::string& name) {
            const auto found = environment_.find(name);
            return found == environment_.end() ? std::nullopt : std::optional(found->second);
        };
    }
};

TEST_F(ApiKeys, MayBeAbsent) {
    ApiKey key{ApiKeySource{}};
    ASSERT_TRUE(key.read(at(0s)));
    EXPECT_TRUE(key.read(at(0s))->empty());
}

TEST_F(ApiKeys, ComeFromTheEnvironment) {
    ApiKey key({.env = "OPENAI_API_KEY", .file = {}}, environment());
    EXPECT_EQ(key.read(at(0s))->reveal(), "sk-secret");
    ApiKey missing({.env = "NO_SUCH", .file = {}}, environment());
    const auto result = missing.read(at(0s));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, Fault::config);
    EXPECT_THAT(result.error().message, HasSubstr("the environment variable NO_SUCH is not set"));
}

TEST_F(ApiKeys, AreNeverShownWhereverTheyStand) {
    EXPECT_EQ(ApiKey({.env = "OPENAI_API_KEY", .file = {}}, environment()).read(at(0s))->reveal(), "sk-secret");
    EXPECT_EQ(redacted("Incorrect API key provided: sk-secret."), "Incorrect API key provided: ***.");
    ApiKey key({.env = "gsk_live_77aa01", .file = {}}, environment());  // a key that could be a name
    EXPECT_EQ(key.read(at(0s)).error().message, "llm.api_key.env: the environment variable it names is not set");
}

TEST_F(ApiKeys, OfAHeaderFieldNameItAndMayHoldSpaces) {
    const ApiKey::Use use{"llm.headers.X-Gateway", "the value of a header field", true};
    ApiKey key({.env = {}, .file = write("value", "Basic dXNlcjpwYXNz \n")}, use);
    EXPECT_EQ(key.read(at(0s))->reveal(), "Basic dXNlcjpwYXNz");
    ApiKey missing({.env = "NO_SUCH", .file = {}}, use, environment());
    EXPECT_EQ(missing.read(at(0s)).error().message,
              "llm.headers.X-Gateway.env: the environment variable NO_SUCH is not set");
    ApiKey torn({.env = {}, .file = write("torn", "a\nb")}, use);
    EXPECT_THAT(torn.read(at(0s)).error().message, HasSubstr("holds line breaks or non-ASCII characters"));
}

TEST_F(ApiKeys, ComeFromAFileWithoutItsNewline) {
    ApiKey key({.env = {}, .file = write("key", "sk-one\r\n")});
    EXPECT_EQ(key.read(at(0s))->reveal(), "sk-one");
}

TEST_F(ApiKeys, AreReadAgainWhenTheFileChangesButLookedAtOnceASecond) {
    const auto path = write("key", "sk-one\n");
    ApiKey key({.env = {}, .file = path});
    EXPECT_EQ(key.read(at(0s))->reveal(), "sk-one");
    write("key", "sk-second\n");  // another length, whatever the clock of the file system
    EXPECT_EQ(key.read(at(999ms))->reveal(), "sk-one");
    EXPECT_EQ(key.read(at(1s))->reveal(), "sk-second");
    write("new", "sk-third!\n");  // the same length: as a mounted secret is swapped, by another file's rename
    std::filesystem::rename(directory_ / "new", path);
    EXPECT_EQ(key.read(at(2s))->reveal(), "sk-third!");
}

TEST_F(ApiKeys, StayWhatTheyWereWhileTheFileIsGoneOrBad) {
    const auto path = write("key", "sk-one\n");
    ApiKey key({.env = {}, .file = path});
    ASSERT_TRUE(key.read(at(0s)));
    std::filesystem::remove(path);
    EXPECT_EQ(key.read(at(2s))->reveal(), "sk-one");
    write("key", "");
    EXPECT_EQ(key.read(at(4s))->reveal(), "sk-one");
    write("key", "sk-two");
    EXPECT_EQ(key.read(at(6s))->reveal(), "sk-two");
}

TEST_F(ApiKeys, SayOncePerChangeThatTheirFileCannotBeUsedAndThatItCanAgain) {
    const auto path = write("key", "sk-one\n");
    ApiKey key({.env = {}, .file = path});
    ASSERT_TRUE(key.read(at(0s)));
    EXPECT_FALSE(key.take_news()) << "that a key is read at the start is no news";
    std::filesystem::remove(path);
    EXPECT_FALSE(key.failing()) << "nobody has looked";
    ASSERT_TRUE(key.read(at(2s)));
    EXPECT_TRUE(key.failing());
    ASSERT_TRUE(key.read(at(4s)));
    auto news = key.take_news();
    ASSERT_TRUE(news);
    EXPECT_FALSE(news->usable);
    EXPECT_EQ(news->what, "llm.api_key.file: " + path +
                              " cannot be read: No such file or directory; what was read before is used until then");
    ASSERT_TRUE(key.read(at(6s)));
    EXPECT_FALSE(key.take_news()) << "it was told";
    write("key", "\n");
    ASSERT_TRUE(key.read(at(8s)));
    news = key.take_news();
    ASSERT_TRUE(news) << "another reason is news";
    EXPECT_THAT(news->what, HasSubstr("is empty; expected the provider's API key"));
    write("key", "sk-two\n");
    EXPECT_EQ(key.read(at(10s))->reveal(), "sk-two");
    news = key.take_news();
    ASSERT_TRUE(news);
    EXPECT_TRUE(news->usable);
    EXPECT_FALSE(key.failing());
    EXPECT_EQ(news->what, "llm.api_key.file: " + path + " is read again");
    write("key", "sk-three\n");
    EXPECT_EQ(key.read(at(12s))->reveal(), "sk-three");
    EXPECT_FALSE(key.take_news()) << "a key that is rotated is everyday life";
}

TEST_F(ApiKeys, WhoseFileMayStillComeAreNotTheConfigurationsFault) {
    const auto fault_of = [&](const std::string& path) {
        return ApiKey({.env = {}, .file = path}).read(at(0s)).error().fault;
    };
    EXPECT_EQ(fault_of((directory_ / "none").string()), Fault::dependency);
    EXPECT_EQ(fault_of(write("key", "")), Fault::dependency);
    EXPECT_EQ(fault_of(write("key", " \n")), Fault::dependency);
    EXPECT_EQ(fault_of(write("key", "sk a")), Fault::config);
    EXPECT_EQ(fault_of(directory_.string()), Fault::config);
}

TEST_F(ApiKeys, ThatCannotBeUsedAreRefusedWithoutBeingShown) {
    for (const auto& text : {std::string("sk-a\nsk-b\n"), std::string("sk a"), std::string("sk-\xc3\xa9"),
                             std::string(" \n"), std::string(100'000, 'k')}) {
        ApiKey key({.env = {}, .file = write("key", text)});
        const auto result = key.read(at(0s));
        ASSERT_FALSE(result);
        EXPECT_THAT(result.error().message, HasSubstr("llm.api_key.file: "));
        EXPECT_THAT(result.error().message, Not(HasSubstr("sk")));
    }
    ApiKey folder({.env = {}, .file = directory_.string()});
    EXPECT_FALSE(folder.read(at(0s)));
    ApiKey missing({.env = {}, .file = (directory_ / "none").string()});
    EXPECT_THAT(missing.read(at(0s)).error().message, HasSubstr("cannot be read: No such file"));
}

}  // namespace
}  // namespace prelabel::config
