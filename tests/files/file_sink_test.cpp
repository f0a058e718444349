#include "folder.hpp"
#include "loop.hpp"

#include <prelabel/files/file_sink.hpp>
#include <prelabel/files/finished_records.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <numeric>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <rapidjson/document.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace prelabel::files {
namespace {

using pipeline::Output;
using pipeline::OutputKind;
using testing::HasSubstr;

Origin origin(Offset offset) { return {{"in.jsonl", 0}, offset, -1}; }

std::string record(Offset offset) {
    return R"({"source":{"topic":"in.jsonl","partition":0,"offset":)" + std::to_string(offset) + "}}";
}

Output annotation(Offset offset) { return {OutputKind::annotation, origin(offset), {}, record(offset), {}}; }

Output dead_letter(Offset offset, std::string value = "not json") {
    return {OutputKind::dead_letter,
            origin(offset),
            "key",
            std::move(value),
            {{"tenant", "a"},
             {"none", std::nullopt},
             {"prelabel.error.class", "malformed_input"},
             {"prelabel.error.attempts", "3"},
             {"prelabel.error.cost_usd", "5e-05"},
             {"prelabel.error.topic", "in.jsonl"}}};
}

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

class FileSinkTest : public testing::Test {
protected:
    using Write = Started<Result<>>;

    void open(bool resume = false) { open({folder_.path("out.jsonl"), folder_.path("dead.jsonl"), resume}); }
    void open(OutputPaths paths) {
        auto opened = FileSink::open(std::move(paths), order_);
        ASSERT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
        sink_ = std::move(*opened);
    }
    void read(Offset count) {
        for (Offset offset = 0; offset < count; ++offset) order_.read(origin(offset));
    }
    /// Keep the result as long as the write is under way.
    std::unique_ptr<Write> write(Output output) {
        auto started = std::make_unique<Write>(loop_, sink_->write(std::move(output)));
        settle(loop_);
        return started;
    }
    std::string lines(std::vector<Offset> offsets) {
        std::string out;
        for (const auto offset : offsets) out += record(offset) + '\n';
        return out;
    }

    Folder folder_;
    InputOrder order_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<FileSink> sink_;
};

// Every order of completion of five outputs: the file has input order, at each step as much of it as can be.
TEST_F(FileSinkTest, WritesInInputOrderForEveryOrderOfCompletion) {
    std::array<Offset, 5> completion{0, 1, 2, 3, 4};
    Offset base = 0;
    open();
    std::string expected;
    do {
        for (Offset offset = 0; offset < 5; ++offset) order_.read(origin(base + offset));
        std::vector<std::unique_ptr<Write>> writes(5);
        std::array<bool, 5> complete{};
        for (const auto offset : completion) {
            writes[static_cast<std::size_t>(offset)] = write(annotation(base + offset));
            complete[static_cast<std::size_t>(offset)] = true;
            const auto first_hole = static_cast<std::size_t>(std::ranges::find(complete, false) - complete.begin());
            for (std::size_t i = 0; i < 5; ++i) {
                const bool written = writes[i] && writes[i]->done();
                ASSERT_EQ(written, i < first_hole);
            }
        }
        for (Offset offset = 0; offset < 5; ++offset) expected += record(base + offset) + '\n';
        base += 5;
    } while (std::ranges::next_permutation(completion).found);
    EXPECT_EQ(base, 600);
    EXPECT_EQ(folder_.read("out.jsonl"), expected);
    EXPECT_EQ(order_.waiting(), 0U);
}

TEST_F(FileSinkTest, DeadLettersHaveTheirOwnFileAndTheirPlaceInTheOrder) {
    open();
    read(3);
    const auto third = write(annotation(2));
    const auto second = write(dead_letter(1));
    EXPECT_FALSE(std::filesystem::exists(folder_.path("dead.jsonl")));
    const auto first = write(annotation(0));
    EXPECT_TRUE(third->done() && second->done() && first->done());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({0, 2}));

    rapidjson::Document json;
    ASSERT_FALSE(json.Parse(folder_.read("dead.jsonl").c_str()).HasParseError());
    EXPECT_STREQ(json["error"]["class"].GetString(), "malformed_input");
    EXPECT_EQ(json["error"]["attempts"].GetInt(), 3);
    EXPECT_EQ(json["error"]["cost_usd"].GetDouble(), 5e-05);
    EXPECT_FALSE(json["error"].HasMember("topic"));
    EXPECT_STREQ(json["source"]["topic"].GetString(), "in.jsonl");
    EXPECT_EQ(json["source"]["offset"].GetInt(), 1);
    EXPECT_STREQ(json["key"].GetString(), "key");
    EXPECT_STREQ(json["value"].GetString(), "not json");
    EXPECT_STREQ(json["encoding"].GetString(), "utf-8");
    EXPECT_STREQ(json["headers"]["tenant"].GetString(), "a");
    EXPECT_TRUE(json["headers"]["none"].IsNull());
}

TEST_F(FileSinkTest, ADeadLetterThatIsNotUtf8IsInBase64) {
    open();
    read(4);
    write(dead_letter(0, "\xFF"));
    write(dead_letter(1, "\xFF\xFE"));
    write(dead_letter(2, std::string("\xFF\0\n", 3)));
    write(dead_letter(3, ""));
    const auto written = folder_.read("dead.jsonl");
    EXPECT_THAT(written, HasSubstr(R"("value":"/w==","encoding":"base64")"));
    EXPECT_THAT(written, HasSubstr(R"("value":"//4=","encoding":"base64")"));
    EXPECT_THAT(written, HasSubstr(R"("value":"/wAK","encoding":"base64")"));
    EXPECT_THAT(written, HasSubstr(R"("value":"","encoding":"utf-8")"));
    EXPECT_EQ(std::ranges::count(written, '\n'), 4);
}

TEST_F(FileSinkTest, CloseWritesWhatWaitsForAnOutputThatNeverCame) {
    open();
    read(4);
    const auto second = write(annotation(1));
    const auto fourth = write(annotation(3));
    EXPECT_FALSE(second->done());
    finish(loop_, sink_->close());
    EXPECT_TRUE(second->done() && second->result().has_value());
    EXPECT_TRUE(fourth->done() && fourth->result().has_value());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({1, 3}));
}

TEST_F(FileSinkTest, RefusesToOverwriteAnEarlierRun) {
    folder_.write("out.jsonl", "paid for\n");
    auto opened = FileSink::open({folder_.path("out.jsonl"), folder_.path("dead.jsonl"), false}, order_);
    ASSERT_TRUE(opened.has_error());
    EXPECT_EQ(opened.error().fault, Fault::config);
    EXPECT_THAT(opened.error().message, HasSubstr("out.jsonl: exists already; resume it"));
    EXPECT_EQ(folder_.read("out.jsonl"), "paid for\n");

    folder_.write("dead.jsonl", "evidence\n");
    opened = FileSink::open({folder_.path("new.jsonl"), folder_.path("dead.jsonl"), false}, order_);
    ASSERT_TRUE(opened.has_error());
    EXPECT_THAT(opened.error().message, HasSubstr("dead.jsonl: exists already"));
}

TEST_F(FileSinkTest, TwoProcessesCannotWriteToOneFile) {
    open();
    const auto second = FileSink::open({folder_.path("out.jsonl"), folder_.path("other.jsonl"), true}, order_);
    ASSERT_TRUE(second.has_error());
    EXPECT_THAT(second.error().message, HasSubstr("another process is writing"));
}

TEST_F(FileSinkTest, ADirectoryIsNoOutput) {
    const auto opened = FileSink::open({folder_.path(""), folder_.path("dead.jsonl"), false}, order_);
    ASSERT_TRUE(opened.has_error());
    EXPECT_THAT(opened.error().message, HasSubstr("Is a directory"));
}

TEST_F(FileSinkTest, AFullDiskLeavesNoHalfLineAndTheSameOutputCanBeWrittenAgain) {
    open();
    read(2);
    write(annotation(0));
    {
        const FileSizeLimit full(lines({0}).size() + 10);
        const auto failed = write(annotation(1));
        ASSERT_TRUE(failed->done());
        ASSERT_TRUE(failed->result().has_error());
        EXPECT_EQ(failed->result().error().fault, Fault::dependency);
        EXPECT_THAT(failed->result().error().message, HasSubstr("out.jsonl: writing failed: File too large"));
        EXPECT_EQ(folder_.read("out.jsonl"), lines({0}));
    }
    const auto again = write(annotation(1));
    ASSERT_TRUE(again->done() && again->result().has_value());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({0, 1}));
}

TEST_F(FileSinkTest, ASlowReaderOfAPipeIsAwaitedAndAGoneOneIsAnError) {
    const auto pipe = folder_.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    open({pipe, folder_.path("dead.jsonl"), false});
    read(2);
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
    const auto gone = write(annotation(1));
    ASSERT_TRUE(gone->done());
    EXPECT_EQ(gone->result().error().fault, Fault::dependency);
    EXPECT_THAT(gone->result().error().message, HasSubstr("Broken pipe"));
}

TEST_F(FileSinkTest, AResumedRunGoesOnBehindTheLastWholeLine) {
    const auto torn = lines({0, 1}) + record(2).substr(0, 20);
    folder_.write("out.jsonl", torn);
    const auto finished = finished_records({folder_.path("out.jsonl"), folder_.path("dead.jsonl")});
    ASSERT_TRUE(finished.has_value());
    open(true);
    order_.read(origin(2));
    order_.read(origin(3));
    const auto later = write(annotation(3));
    const auto earlier = write(annotation(2));
    EXPECT_TRUE(later->done() && earlier->done());
    EXPECT_EQ(folder_.read("out.jsonl"), lines({0, 1, 2, 3}));
}

TEST_F(FileSinkTest, DeadLettersLieBesideTheOutput) {
    EXPECT_EQ(FileSink::dead_letters_beside("a/out.jsonl"), "a/out.dead_letters.jsonl");
    EXPECT_EQ(FileSink::dead_letters_beside("out"), "out.dead_letters.jsonl");
    EXPECT_EQ(FileSink::dead_letters_beside("-"), "prelabel.dead_letters.jsonl");
}

}  // namespace
}  // namespace prelabel::files
