#include "files/byte_source.hpp"

#include "folder.hpp"
#include "packing.hpp"
#include "reading.hpp"

#include <array>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace prelabel::files {
namespace {

using testing::HasSubstr;

std::string lines(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += "{\"n\":" + std::to_string(i) + "}\n";
    return out;
}

class ByteSourceTest : public testing::Test {
protected:
    std::string content_of(const std::string& path, std::size_t room = 1'000) {
        auto source = ByteSource::open(path);
        EXPECT_TRUE(source) << source.error().message;
        std::string content;
        std::string piece(room, '\0');
        while (!source->ended()) {
            const auto count = source->read(piece.data(), piece.size());
            if (!count) {
                error_ = count.error();
                break;
            }
            content.append(piece, 0, *count);
        }
        return content;
    }
    Folder folder_;
    std::optional<Error> error_;
};

TEST_F(ByteSourceTest, UnpacksWhatIsPackedWhateverItsName) {
    const auto content = lines(50'000);
    for (const auto* name : {"a.jsonl", "a.jsonl.gz"})
        EXPECT_EQ(content_of(folder_.write(name, gzipped(content))), content) << name;
    for (const auto* name : {"a.jsonl", "a.jsonl.zst"})
        EXPECT_EQ(content_of(folder_.write(name, zstd_packed(content))), content) << name;
    EXPECT_EQ(content_of(folder_.write("empty.jsonl.gz", gzipped(""))), "");
    EXPECT_EQ(content_of(folder_.write("empty.jsonl.zst", zstd_packed(""))), "");
    EXPECT_FALSE(error_);
}

TEST_F(ByteSourceTest, GivesAPlainFileAsItIsHoweverShort) {
    for (const std::string content : {"", "a", "abc", "abcd", "abcdefghi"})
        for (const std::size_t room : {1U, 3U, 1'000U})
            EXPECT_EQ(content_of(folder_.write("a", content), room), content);
}

TEST_F(ByteSourceTest, UnpacksInTheRoomThatThereIs) {
    const auto content = lines(100);
    EXPECT_EQ(content_of(folder_.write("a", gzipped(content)), 1), content);
    EXPECT_EQ(content_of(folder_.write("a", zstd_packed(content)), 1), content);
}

TEST_F(ByteSourceTest, UnpacksArchivesOneAfterTheOther) {
    const auto a = lines(10);
    const auto b = lines(20);
    EXPECT_EQ(content_of(folder_.write("a.gz", gzipped(a) + gzipped("") + gzipped(b) + std::string(10, '\0'))), a + b);
    EXPECT_EQ(content_of(folder_.write("a.zst", zstd_packed(a) + zstd_packed("") + zstd_packed(b))), a + b);
    EXPECT_FALSE(error_);
}

TEST_F(ByteSourceTest, SaysWhatIsWrongWithAnArchive) {
    const auto content = lines(1'000);
    const auto said = [&](const std::string& name, const std::string& bytes) {
        error_.reset();
        static_cast<void>(content_of(folder_.write(name, bytes)));
        if (!error_) return std::string("nothing");
        EXPECT_EQ(error_->fault, Fault::input);
        EXPECT_THAT(error_->message, HasSubstr(name + ": "));
        return error_->message;
    };
    for (const auto& [name, packed] : {std::pair("a.gz", gzipped(content)), std::pair("a.zst", zstd_packed(content))}) {
        const std::string format = std::string(name) == "a.gz" ? "gzip" : "zstd";
        for (const std::size_t cut : {packed.size() - 1, packed.size() / 2, std::size_t{5}})
            EXPECT_THAT(said(name, packed.substr(0, cut)),
                        HasSubstr("ends in the middle of its " + format + " archive; was it cut off?"));
        auto bad = packed;
        for (std::size_t i = bad.size() / 2; i < bad.size() / 2 + 8; ++i) bad[i] = static_cast<char>(~bad[i]);
        EXPECT_THAT(said(name, bad), HasSubstr("is damaged"));
        EXPECT_THAT(said(name, packed + "more"), HasSubstr("is damaged"));
        EXPECT_THAT(said(name, "plain text"), HasSubstr("is no " + format + " archive, though its name says so"));
        EXPECT_THAT(said(name, ""), HasSubstr("it is empty"));
    }
}

TEST_F(ByteSourceTest, NamesUtf16AndTheCommandThatConvertsIt) {
    const std::string wide("\xFF\xFEt\0e\0x\0t\0", 10);
    for (const auto& bytes : {wide, gzipped(wide)}) {
        error_.reset();
        const auto path = folder_.write("a.txt", bytes);
        static_cast<void>(content_of(path));
        ASSERT_TRUE(error_);
        EXPECT_EQ(error_->message, path + ": is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 " + path +
                                       " > " + folder_.path("a.utf8.txt"));
    }
    static_cast<void>(content_of(folder_.write("a.txt", wide.substr(2))));
    EXPECT_THAT(error_->message, HasSubstr("is UTF-16LE, not UTF-8"));
}

TEST_F(ByteSourceTest, CountsPackedBytesAsTheFilesSizeDoes) {
    const auto path = folder_.write("a.gz", gzipped(lines(10'000)));
    auto reader = RecordReader::open(path, FileFormat::jsonl);
    while (reader->next().value()) {
    }
    EXPECT_EQ(reader->bytes_read(), reader->size());
}

TEST_F(ByteSourceTest, OfAPipeTakesWhatIsThereWithoutWaitingForMore) {
    const auto path = folder_.path("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    auto reader = RecordReader::open(path, FileFormat::jsonl);
    ASSERT_TRUE(reader);
    const int writer = ::open(path.c_str(), O_WRONLY);
    ASSERT_GE(writer, 0);
    const auto packed = gzipped("{\"n\":1}\n");
    constexpr std::size_t checksum = 8;  // behind the last byte of content
    for (std::size_t i = 0; i < packed.size(); ++i) {
        const auto ahead = reader->look_ahead();
        if (i < packed.size() - checksum - 2) {
            EXPECT_EQ(ahead, Ahead::wait) << i;
        }
        ASSERT_EQ(::write(writer, &packed[i], 1), 1);
    }
    ASSERT_EQ(::close(writer), 0);
    EXPECT_EQ(reader->look_ahead(), Ahead::ready);
    EXPECT_EQ(reader->next().value()->value, "{\"n\":1}");
    EXPECT_FALSE(reader->next().value());
}

TEST_F(ByteSourceTest, ABombIsReadInTheMemoryOfOneRecord) {
    const auto path = folder_.write("bomb.jsonl.gz", gzipped(std::string(64U << 20, 'x') + "\n{\"n\":1}\n"));
    const auto file = read_file(path, FileFormat::jsonl, {.record_bytes_max = 1'000});
    ASSERT_EQ(file.records.size(), 2U);
    EXPECT_EQ(file.problem(0), "the record at line 1 is longer than 1000 bytes");
    EXPECT_EQ(file.records[1].value, "{\"n\":1}");
}

}  // namespace
}  // namespace prelabel::files
