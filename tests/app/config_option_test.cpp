#include "app/config_option.hpp"

#include "../files/folder.hpp"
#include "app/choice.hpp"

#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prelabel::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigOption parsed(const std::string& line) {
    CLI::App cli;
    ConfigOption option;
    option.add_to(cli);
    cli.parse(line);
    return option;
}

TEST(ConfigOption, TakesOneFileAndAnyNumberOfOverrides) {
    EXPECT_EQ(parsed("-c c.yaml").file, "c.yaml");
    EXPECT_EQ(parsed("--config=c.yaml").file, "c.yaml");
    EXPECT_THAT(parsed("-c c.yaml").overrides, IsEmpty());
    EXPECT_THAT(parsed("--set a=1 -c c.yaml --set a=2").overrides, ElementsAre("a=1", "a=2")) << "in their order";
    EXPECT_THAT(parsed("-c c.yaml --set \"a={b: c}\"").overrides, ElementsAre("a={b: c}"));
}

/// In a folder of its own, without a configuration in the environment.
class ConfigOptionFinds : public ::testing::Test {
protected:
    ConfigOptionFinds() {
        std::filesystem::current_path(folder_.path(""));
        ::unsetenv("PRELABEL_CONFIG");
    }
    ~ConfigOptionFinds() override {
        std::filesystem::current_path(before_);
        ::unsetenv("PRELABEL_CONFIG");
    }

    files::Folder folder_;

private:
    std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_F(ConfigOptionFinds, TheFileThatIsNamedThenTheEnvironmentsThenTheFoldersOwn) {
    EXPECT_EQ(parsed("").find(), std::nullopt);
    folder_.write("prelabel.yaml", "");
    EXPECT_EQ(parsed("").find(), "prelabel.yaml");
    ::setenv("PRELABEL_CONFIG", "", 1);
    EXPECT_EQ(parsed("").find(), "prelabel.yaml") << "an empty variable names nothing";
    ::setenv("PRELABEL_CONFIG", "/etc/other.yaml", 1);
    EXPECT_EQ(parsed("").find(), "/etc/other.yaml") << "whether it exists is said when it is read";
    EXPECT_EQ(parsed("-c c.yaml").find(), "c.yaml");
}

TEST_F(ConfigOptionFinds, NothingAndSaysTheThreeWays) {
    testing::internal::CaptureStderr();
    EXPECT_FALSE(parsed("").load({}));
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, AllOf(HasSubstr("-c"), HasSubstr("$PRELABEL_CONFIG"), HasSubstr("prelabel.yaml"),
                            HasSubstr("prelabel init")));
    EXPECT_EQ(std::ranges::count(said, '\n'), 1);
}

TEST(ConfigOption, RefusesANameThatIsMissing) { EXPECT_THROW(parsed("-c"), CLI::ParseError); }

TEST(ConfigOption, PrintsEveryProblemAndGivesNothing) {
    const ConfigOption option{"/no/such.yaml", {}};
    testing::internal::CaptureStderr();
    EXPECT_FALSE(option.load({}));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "/no/such.yaml: cannot be read: No such file or directory\n");
}

TEST(ConfigOption, ComplaintsNameTheProgramAndShowNoSecret) {
    keep_secret("complaint-k3y-77", "${KEY}");
    testing::internal::CaptureStderr();
    complain("refused: complaint-k3y-77");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "prelabel: refused: ${KEY}\n");
}

enum class Colour { red, green };
constexpr auto enum_names(Colour) {
    return std::to_array<EnumName<Colour>>({{Colour::red, "red"}, {Colour::green, "green"}});
}

TEST(Choice, IsOneOfItsWordsOrTheDefault) {
    const auto chosen = [](const std::string& line) {
        CLI::App cli;
        Colour colour = Colour::green;
        add_choice(cli, "--colour", colour, "");
        cli.parse(line);
        return colour;
    };
    EXPECT_EQ(chosen(""), Colour::green);
    EXPECT_EQ(chosen("--colour red"), Colour::red);
    EXPECT_EQ(chosen("--colour=green"), Colour::green);
    for (const char* line : {"--colour blue", "--colour Red", "--colour", "--colour \"\""})
        EXPECT_THROW(chosen(line), CLI::ParseError) << line;
}

}  // namespace
}  // namespace prelabel::app
