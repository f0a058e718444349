#include "journal_world.hpp"

#include <prelabel/journal/system_disk.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/wait.h>

namespace prelabel::journal {
namespace {

namespace fs = std::filesystem;

struct SystemDiskTest : testing::Test {
    SystemDiskTest() {
        std::string name = (fs::temp_directory_path() / "prelabel-journal-XXXXXX").string();
        above = ::mkdtemp(name.data());
    }
    ~SystemDiskTest() override { fs::remove_all(above); }

    [[nodiscard]] std::string folder() const { return (above / "some" / "journal").string(); }
    std::unique_ptr<Journal> open(Sync sync = Sync::none) {
        auto disk = SystemDisk::lock(folder());
        if (!disk) return nullptr;
        world.settings.sync = sync;
        auto opened = Journal::open(world.settings, {std::move(*disk), world.loop.get_executor(), world.clock,
                                                     [this](const Journal::News& one) { world.news.push_back(one); }});
        return opened ? std::move(*opened) : nullptr;
    }

    fs::path above;
    JournalWorld world;
};

TEST_F(SystemDiskTest, KeepsAnswersForTheNextProcess) {
    for (const auto sync : enum_values<Sync>) {
        world.journal = open(sync);
        ASSERT_TRUE(world.journal);
        for (std::uint64_t i = 0; i < 300; ++i) world.put(i, 900);
        world.journal.reset();
        world.journal = open();
        for (std::uint64_t i = 0; i < 300; ++i) ASSERT_EQ(world.find(i), content_of(i, 900));
        world.journal.reset();
    }
}

TEST_F(SystemDiskTest, LetsNobodyElseReadIt) {
    world.journal = open();
    world.put(1);
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder())) {
        EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
        ++files;
    }
    EXPECT_EQ(files, 3U) << "lock, secret and a segment";
    EXPECT_EQ(fs::status(folder()).permissions(), fs::perms::owner_all);
}

TEST_F(SystemDiskTest, IsOneProcessesAlone) {
    const auto first = SystemDisk::lock(folder());
    ASSERT_TRUE(first);
    const auto second = SystemDisk::lock(folder());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, Fault::config);
    EXPECT_EQ(second.error().message, "journal.path " + folder() + ": another process (" + std::to_string(::getpid()) +
                                          ") keeps its answers there; give each worker a folder of its own");
    EXPECT_TRUE(SystemDisk::check(folder())) << "a worker that runs is no mistake of the configuration";
}

TEST_F(SystemDiskTest, SaysInOneSentenceWhyItCannotBeUsed) {
    const std::string file = (above / "file").string();
    std::ofstream(file) << "x";
    for (const auto& refused : {SystemDisk::check(file), SystemDisk::check(file + "/below")}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().fault, Fault::config);
        EXPECT_TRUE(refused.error().message.starts_with("journal.path " + file)) << refused.error().message;
        EXPECT_TRUE(refused.error().message.ends_with(file + " is no folder")) << refused.error().message;
    }
    EXPECT_FALSE(SystemDisk::lock(file));
    EXPECT_TRUE(SystemDisk::check(folder())) << "it can be made";
    EXPECT_FALSE(fs::exists(folder())) << "and is not made by asking";
}

TEST_F(SystemDiskTest, LosesNothingToAKill) {
    const pid_t child = ::fork();
    if (child == 0) {
        world.journal = open();
        for (std::uint64_t i = 0; i < 200; ++i) world.put(i);
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    world.journal = open();
    ASSERT_TRUE(world.journal) << "the lock went with the process";
    for (std::uint64_t i = 0; i < 200; ++i) ASSERT_EQ(world.find(i), content_of(i));
}

TEST_F(SystemDiskTest, TakesALimitOfTheProcessForAFullDisk) {
    world.journal = open();
    struct rlimit before {};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small {
        4'096, before.rlim_max
    };
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    for (std::uint64_t i = 0; i < 20; ++i) world.put(i, 900);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_EQ(world.news.size(), 1U);
    EXPECT_NE(world.news[0].what.find("File too large"), std::string::npos) << world.news[0].what;
    world.advance(Journal::retry_after);
    world.put(30);
    EXPECT_EQ(world.find(30), content_of(30));
    world.journal.reset();
    world.journal = open();
    EXPECT_EQ(world.find(0), content_of(0, 900));
    EXPECT_EQ(world.find(30), content_of(30));
    EXPECT_EQ(world.stats().damaged + world.stats().torn_tails, 0U);
}

}  // namespace
}  // namespace prelabel::journal
