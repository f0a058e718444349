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

TEST_F(OutputFileTest, TakesOutLinesAndGoesOnBehindTheOthers) {
    folder_.write("out.jsonl", "a\nbb\nccc\ndddd\n");
    std::filesystem::permissions(path_, std::filesystem::perms(0640));
    auto file = open();
    ASSERT_TRUE(file->lock().has_value());
    ASSERT_TRUE(file->remove({{0, 2}, {5, 9}}).has_value());
    EXPECT_EQ(folder_.read("out.jsonl"), "bb\ndddd\n");
    EXPECT_EQ(file->size(), 8U);
    EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0640));
    const auto second = open();
    EXPECT_THAT(second->lock().error().message, HasSubstr("another process is writing to it")) << "still locked";
    ASSERT_TRUE(file->remove({{0, 3}}).has_value());
    EXPECT_EQ(folder_.read("out.jsonl"), "dddd\n");
}

TEST_F(OutputFileTest, GoesWithItsLastLine) {
    folder_.write("out.jsonl", "a\nbb\n");
    auto file = open();
    ASSERT_TRUE(file->lock().has_value());
    ASSERT_TRUE(file->remove({{0, 2}, {2, 5}}).has_value());
    EXPECT_FALSE(exists());
}

TEST_F(OutputFileTest, TakesLinesOutOfTheFileThatALinkLeadsTo) {
    const auto real = folder_.write("real.jsonl", "a\nbb\n");
    std::filesystem::create_symlink(real, path_);
    auto file = open();
    ASSERT_TRUE(file->lock().has_value());
    ASSERT_TRUE(file->remove({{0, 2}}).has_value());
    EXPECT_TRUE(std::filesystem::is_symlink(path_));
    EXPECT_EQ(folder_.read("real.jsonl"), "bb\n");
}

TEST_F(OutputFileTest, IsAsItWasWhereLinesCannotBeTakenOut) {
    folder_.write("out.jsonl", "a\nbb\n");
    std::filesystem::create_directory(path_ + ".prelabel.new");
    auto file = open();
    ASSERT_TRUE(file->lock().has_value());
    const auto failed = file->remove({{0, 2}});
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().fault, Fault::dependency);
    EXPECT_EQ(folder_.read("out.jsonl"), "a\nbb\n");
    std::filesystem::remove(path_ + ".prelabel.new");
    std::filesystem::rename(path_, folder_.path("moved.jsonl"));
    folder_.write("out.jsonl", "of somebody else\n");
    EXPECT_THAT(file->remove({{0, 2}}).error().message, HasSubstr("was replaced meanwhile"));
    EXPECT_EQ(folder_.read("out.jsonl"), "of somebody else\n");
}

}  // namespace
}  // namespace prelabel::files
