#include "outbox_fixture.hpp"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/stat.h>

namespace prelabel::files {
namespace {

/// Lowers the largest size a file may have, so that writing fails in the middle of a line as on a full disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

TEST_F(FileOutboxTest, CloseWritesWhatWaitsForAnOutputThatNeverCame) {
    open();
    read(5);
    const auto second = write(annotation(1));
    const auto third = write(dead_letter(2));
    const auto fifth = write(annotation(4));
    EXPECT_FALSE(second->done());
    close();
    EXPECT_TRUE(second->done() && second->result().has_value());
    EXPECT_TRUE(third->done() && third->result().has_value());
    EXPECT_TRUE(fifth->done() && fifth->result().has_value());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({1, 4}));
    EXPECT_FALSE(clock_.jump()) << "no timer is left";
}

TEST_F(FileOutboxTest, NothingWaitsForWhatIsMissingOnceReadingWasStopped) {
    open();
    read(5);
    const auto before = write(annotation(1));
    EXPECT_FALSE(before->done());
    order_.stop();
    settle(loop_);
    EXPECT_TRUE(before->done() && before->result().has_value());
    const auto after = write(annotation(4));
    EXPECT_TRUE(after->done() && after->result().has_value());
    const auto late = write(annotation(0));
    EXPECT_TRUE(late->done() && late->result().has_value());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({1, 4, 0}));
    EXPECT_FALSE(clock_.jump()) << "no time has to pass";
}

TEST_F(FileOutboxTest, AFullDiskLeavesNoHalfLineAndIsTriedAgainOnceASecond) {
    open();
    read(3);
    write(annotation(0));
    std::unique_ptr<Write> second;
    std::unique_ptr<Write> third;
    {
        const FileSizeLimit full(lines({0}).size() + 10);
        second = write(annotation(1));
        third = write(annotation(2));
        EXPECT_FALSE(second->done() || third->done());
        EXPECT_EQ(stuck_.size(), 1U);
        EXPECT_THAT(stuck_.front(), HasSubstr("out.jsonl: writing failed: File too large"));
        advance(std::chrono::seconds(3));
        EXPECT_EQ(stuck_.size(), 4U);
        EXPECT_EQ(folder_.read("out.jsonl"), lines({0}));
    }
    EXPECT_EQ(works_again_, 0);
    advance(std::chrono::seconds(1));
    ASSERT_TRUE(second->done() && second->result().has_value());
    ASSERT_TRUE(third->done() && third->result().has_value());
    EXPECT_EQ(works_again_, 1);
    EXPECT_EQ(folder_.read("out.jsonl"), lines({0, 1, 2}));
}

TEST_F(FileOutboxTest, CloseTriesAFullDiskOnceMoreAndGivesUp) {
    open();
    read(2);
    const FileSizeLimit full(10);
    const auto first = write(annotation(0));
    const auto second = write(annotation(1));
    close();
    EXPECT_EQ(stuck_.size(), 1U);
    ASSERT_EQ(lost_.size(), 1U);
    EXPECT_EQ(lost_.front().fault, Fault::dependency);
    ASSERT_TRUE(first->done() && second->done());
    EXPECT_EQ(first->result().error().fault, Fault::cancelled);
    EXPECT_EQ(folder_.read("out.jsonl"), "");
}

TEST_F(FileOutboxTest, ASlowReaderOfAPipeIsAwaitedAndAGoneOneIsTheEnd) {
    const auto pipe = folder_.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    open(pipe);
    read(4);
    auto large = annotation(0);
    large.value = std::string(300'000, 'x');
    const auto slow = write(std::move(large));
    EXPECT_FALSE(slow->done());
    std::string seen;
    std::string chunk(1U << 16, '\0');
    while (seen.size() < 300'001) {
        const auto count = ::read(reader, chunk.data(), chunk.size());
        if (count > 0) seen.append(chunk, 0, static_cast<std::size_t>(count));
        loop_.restart();
        loop_.poll();
    }
    EXPECT_EQ(seen, std::string(300'000, 'x') + '\n');
    EXPECT_TRUE(slow->done() && slow->result().has_value());
    ::close(reader);
    const auto waits_for_its_turn = write(annotation(2));
    const auto gone = write(annotation(1));
    ASSERT_TRUE(gone->done() && waits_for_its_turn->done());
    EXPECT_EQ(gone->result().error().fault, Fault::cancelled);
    EXPECT_EQ(waits_for_its_turn->result().error().fault, Fault::cancelled);
    ASSERT_EQ(lost_.size(), 1U);
    EXPECT_EQ(lost_.front().fault, Fault::cancelled);
    EXPECT_THAT(lost_.front().message, HasSubstr("Broken pipe"));
    const auto later = write(annotation(3));
    EXPECT_TRUE(later->done());
    EXPECT_EQ(lost_.size(), 1U);
}

TEST_F(FileOutboxTest, CloseDoesNotWaitForAReaderThatTakesNothing) {
    const auto pipe = folder_.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    open(pipe);
    read(1);
    auto large = annotation(0);
    large.value = std::string(300'000, 'x');
    const auto slow = write(std::move(large));
    close();
    ASSERT_TRUE(slow->done());
    EXPECT_EQ(slow->result().error().fault, Fault::cancelled);
    EXPECT_THAT(lost_.at(0).message, HasSubstr("its reader takes nothing more"));
    ::close(reader);
}

TEST_F(FileOutboxTest, AFileThatItMadeForDeadLettersAndDidNotNeedIsGoneAtTheEnd) {
    open();
    read(1);
    write(annotation(0));
    close();
    outbox_.reset();
    EXPECT_FALSE(std::filesystem::exists(folder_.path("dead.jsonl")));
}

}  // namespace
}  // namespace prelabel::files
