#include "source_fixture.hpp"

namespace prelabel::files {
namespace {

// An earlier run has read six of these records, and records 2 and 5 have no output.
class ResumedSourceTest : public FileSourceTest {
protected:
    void SetUp() override {
        auto reader = RecordReader::open(folder_.write("a.jsonl", lines(6)), FileFormat::jsonl);
        for (int i = 0; i < 6; ++i) ASSERT_TRUE(reader->next()->has_value());
        before_ = reader->mark();
        for (const Offset offset : {0, 1, 3, 4}) finished_.add("as before", offset);
    }
    Result<SourceEvent> resume(const std::string& content) {
        order_ = {};
        const auto path = folder_.write("a.jsonl", content);
        auto opened = FileSource::open({{path, FileFormat::jsonl, "as before", before_}}, finished_, order_);
        EXPECT_TRUE(opened.has_value());
        source_ = std::move(*opened);
        EXPECT_TRUE(std::holds_alternative<Assigned>(next()));
        source_->grant({"as before", 0}, 100);
        return finish(loop_, source_->next(wide));
    }
    std::string refusal(const std::string& content) {
        const auto event = resume(content);
        EXPECT_TRUE(event.has_error());
        EXPECT_EQ(order_.waiting(), 0U) << "nothing of a changed input is handed out";
        return event ? "" : event.error().message;
    }

    ReadMark before_;
    FinishedRecords finished_;
};

TEST_F(ResumedSourceTest, GoesOnWithAnInputThatWasAppendedTo) {
    const auto event = resume(lines(8));
    ASSERT_TRUE(event.has_value());
    std::vector<Offset> found;
    for (const auto& record : std::get<Batch>(*event).records) {
        EXPECT_EQ(record.origin.partition.topic, "as before");
        found.push_back(record.origin.offset);
    }
    EXPECT_THAT(found, ElementsAre(2, 5, 6, 7));
    EXPECT_EQ(source_->mark(0).records, 8U);
}

// Each byte of what was read is changed once; only what follows may change.
TEST_F(ResumedSourceTest, RefusesAnInputOfWhichAnythingThatWasReadHasChanged) {
    const auto original = lines(6);
    for (std::size_t at = 0; at < original.size(); ++at) {
        auto edited = original + "{}\n";
        edited[at] = edited[at] == '\n' ? ' ' : 'x';
        EXPECT_THAT(refusal(edited), HasSubstr("a.jsonl: has changed in its first 6 records")) << at;
    }
    EXPECT_THAT(refusal(lines(5)), HasSubstr("ends after 5 of them"));
    EXPECT_THAT(refusal("\n" + original), HasSubstr("has changed"));
    EXPECT_THAT(refusal(""), HasSubstr("ends after 0 of them"));
}

TEST_F(ResumedSourceTest, RemembersWhatTheEarlierRunReadUntilItHasReadAsFar) {
    auto opened =
        FileSource::open({{folder_.path("a.jsonl"), FileFormat::jsonl, "as before", before_}}, finished_, order_);
    EXPECT_EQ((*opened)->mark(0).records, 6U);
    EXPECT_EQ((*opened)->mark(0).digest, before_.digest);
}

// The records that are to be labeled again may be all of a file.
TEST_F(ResumedSourceTest, ReadsAFileTwiceWhereTooMuchWouldWaitUntilItIsVerified) {
    const auto path = folder_.write("a.jsonl", lines(8));
    FinishedRecords finished;
    finished.add("as before", 4);
    const std::string other = folder_.write("b.jsonl", lines(1));
    auto opened = FileSource::open({{path, FileFormat::jsonl, "as before", before_}, {other, FileFormat::jsonl, "b"}},
                                   finished, order_, {}, {}, 20);
    source_ = std::move(*opened);
    EXPECT_TRUE(std::holds_alternative<Assigned>(next()));
    source_->grant({"as before", 0}, 100);
    source_->grant({"b", 0}, 100);
    std::vector<Offset> found = offsets();
    while (found.size() < 8)
        for (const auto offset : offsets()) found.push_back(offset);
    EXPECT_THAT(found, ElementsAre(0, 1, 2, 3, 5, 6, 7, 0));
    EXPECT_EQ(source_->progress().skipped, 1U);
    EXPECT_EQ(source_->mark(0).records, 8U);

    folder_.write("a.jsonl", "[]" + lines(8).substr(2));
    auto changed = FileSource::open({{path, FileFormat::jsonl, "as before", before_}}, finished, order_, {}, {}, 20);
    source_ = std::move(*changed);
    EXPECT_TRUE(std::holds_alternative<Assigned>(next()));
    source_->grant({"as before", 0}, 100);
    EXPECT_TRUE(finish(loop_, source_->next(wide)).has_error());
}

// More of a line that had no newline is another record; a newline behind it is not.
TEST_F(ResumedSourceTest, KnowsALastLineWithoutNewlineThatWasAppendedTo) {
    const auto unfinished = lines(6).substr(0, lines(6).size() - 1);
    auto reader = RecordReader::open(folder_.write("a.jsonl", unfinished), FileFormat::jsonl);
    while (reader->next()->has_value()) {
    }
    before_ = reader->mark();
    EXPECT_TRUE(resume(unfinished).has_value());
    EXPECT_TRUE(resume(unfinished + "\n{}\n").has_value());
    EXPECT_THAT(refusal(unfinished + " {}\n"), HasSubstr("has changed"));
}

}  // namespace
}  // namespace prelabel::files
