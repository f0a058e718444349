#include "files/output_file.hpp"

#include "folder.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>

namespace prelabel::files {
namespace {

using testing::HasSubstr;

/// Two of them in one process are as two processes: a lock belongs to the descriptor.
class OutputFileTest : public testing::Test {
protected:
    [[nodiscard]] std::unique_ptr<OutputFile> open() const { return OutputFile::open(path_).value(); }
    [[nodiscard]] bool exists() const { return std::filesystem::exists(path_); }

    Folder folder_;
    std::string path_ = folder_.path("out.jsonl");
};

TEST_F(OutputFileTest, AnEmptyFileThatItMadeGoesWithItWhetherLockedOrNot) {
    open().reset();
    EXPECT_FALSE(exists());
    auto locked = open();
    EXPECT_TRUE(locked->lock().has_value());
    locked.reset();
    EXPECT_FALSE(exists());
}

TEST_F(OutputFileTest, WhoMadeTheFileAndLostTheLockLeavesItToTheWinner) {
    auto maker = open();
    auto winner = open();
    EXPECT_TRUE(winner->lock().has_value());
    const auto refused = maker->lock();
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().message, HasSubstr("out.jsonl: another process is writing to it"));
    winner->keep_when_empty();
    maker.reset();
    EXPECT_TRUE(exists());
    winner.reset();
    EXPECT_TRUE(exists());
}

TEST_F(OutputFileTest, WhoLostTheLockLeavesTheFileAlsoWhenTheWinnerIsGoneFirst) {
    auto maker = open();
    auto winner = open();
    EXPECT_TRUE(winner->lock().has_value());
    EXPECT_FALSE(maker->lock().has_value());
    winner.reset();
    maker.reset();
    EXPECT_TRUE(exists());
}

TEST_F(OutputFileTest, WhoMadeTheFileAndNeverTriedToLockItLeavesItToWhoDid) {
    auto maker = open();
    auto winner = open();
    EXPECT_TRUE(winner->lock().has_value());
    maker.reset();
    EXPECT_TRUE(exists());
}

TEST_F(OutputFileTest, AFileThatIsRemovedBetweenOpeningAndLockingIsRefused) {
    auto first = open();
    EXPECT_TRUE(first->lock().has_value());
    const auto second = open();
    first.reset();
    ASSERT_FALSE(exists());
    const auto gone = second->lock();
    ASSERT_FALSE(gone.has_value());
    EXPECT_EQ(gone.error().fault, Fault::config);
    EXPECT_THAT(gone.error().message, HasSubstr("out.jsonl: was removed or replaced by another process"));
}

TEST_F(OutputFileTest, AFileThatTookThePlaceOfItsOwnIsNotTouched) {
    auto file = open();
    std::filesystem::rename(path_, folder_.path("moved.jsonl"));
    folder_.write("out.jsonl", "");
    EXPECT_THAT(file->lock().error().message, HasSubstr("was removed or replaced"));
    file.reset();
    EXPECT_TRUE(exists());
}

}  // namespace
}  // namespace prelabel::files
