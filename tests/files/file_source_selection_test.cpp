#include "source_fixture.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::files {
namespace {

using Place = std::pair<std::string, Offset>;

class SelectedSourceTest : public FileSourceTest {
protected:
    SelectedSourceTest() {
        a_ = folder_.write("a.jsonl", lines(6));
        b_ = folder_.write("b.jsonl", lines(6));
    }
    void open_selected(const Selection& selection, FinishedRecords finished = {}, std::vector<Input> inputs = {}) {
        if (inputs.empty()) inputs = {{a_, FileFormat::jsonl}, {b_, FileFormat::jsonl}};
        order_ = {};
        auto opened = FileSource::open(inputs, std::move(finished), order_, {}, selection);
        ASSERT_TRUE(opened.has_value());
        source_ = std::move(*opened);
        ASSERT_TRUE(std::holds_alternative<Assigned>(next()));
        for (const auto& input : inputs) source_->grant({input.name.empty() ? input.path : input.name, 0}, 100);
    }
    /// All that is given until the end, at most two at once.
    std::vector<Place> all() {
        std::vector<Place> out;
        for (;;) {
            const auto event = next({2, 1U << 20});
            const auto* batch = std::get_if<Batch>(&event);
            if (batch == nullptr) return out;
            for (const auto& record : batch->records)
                out.emplace_back(record.origin.partition.topic, record.origin.offset);
        }
    }
    static Selection first(std::uint64_t count) { return {.first = count}; }
    static Selection random(std::uint64_t count, std::uint64_t seed = 1) { return {.random = count, .seed = seed}; }

    std::string a_, b_;
};

TEST_F(SelectedSourceTest, TheFirstOnesOverAllInputs) {
    open_selected(first(2));
    EXPECT_EQ(all(), (std::vector<Place>{{a_, 0}, {a_, 1}}));
    EXPECT_TRUE(source_->progress().ended);
    EXPECT_EQ(source_->progress().wanted, 2U);
    open_selected(first(7));
    EXPECT_EQ(all().back(), Place(b_, 0));
    open_selected(first(100));
    EXPECT_EQ(all().size(), 12U) << "all there are";
    EXPECT_EQ(source_->progress().wanted, 12U);
}

TEST_F(SelectedSourceTest, ReadsNoFurtherThanTheFirstOnes) {
    open_selected(first(2));
    EXPECT_EQ(all().size(), 2U);
    EXPECT_EQ(source_->mark(0).records, 2U);
    EXPECT_EQ(source_->mark(1).records, 0U);
}

TEST_F(SelectedSourceTest, WhatIsFinishedIsOneOfTheFirst) {
    FinishedRecords finished;
    finished.add(a_, 0);
    finished.add(a_, 2);
    open_selected(first(4), std::move(finished));
    EXPECT_EQ(all(), (std::vector<Place>{{a_, 1}, {a_, 3}}));
    EXPECT_EQ(source_->progress().skipped, 2U);
}

// An earlier run has read all six; now only the first is wanted, and yet the input must be the same.
TEST_F(SelectedSourceTest, AnInputIsHeldAgainstAllThatAnEarlierRunHasReadOfIt) {
    auto reader = RecordReader::open(a_, FileFormat::jsonl);
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(reader->next()->has_value());
    const Input before{a_, FileFormat::jsonl, a_, reader->mark()};
    open_selected(first(1), {}, {before});
    EXPECT_EQ(all(), (std::vector<Place>{{a_, 0}}));
    EXPECT_EQ(source_->mark(0).records, 6U) << "not less than before";
    std::string edited = lines(6);
    edited[edited.size() - 3] = '9';
    folder_.write("a.jsonl", edited);
    open_selected(first(1), {}, {before});
    const auto event = finish(loop_, source_->next(wide));
    ASSERT_TRUE(event.has_error());
    EXPECT_THAT(event.error().message, HasSubstr("has changed"));
}

TEST_F(SelectedSourceTest, RandomOnesComeFromAllInputsInTheirOrder) {
    open_selected(random(12));
    EXPECT_EQ(all().size(), 12U);
    open_selected(random(5));
    const auto drawn = all();
    EXPECT_EQ(drawn.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(drawn));
    EXPECT_TRUE(source_->progress().ended);
    EXPECT_EQ(source_->progress().wanted, 5U);
    open_selected(random(5));
    EXPECT_EQ(all(), drawn) << "the same seed";
    open_selected(random(8));
    EXPECT_TRUE(std::ranges::includes(all(), drawn)) << "a larger draw holds the smaller one";
}

TEST_F(SelectedSourceTest, ResumingADrawGivesWhatOfItIsNotFinished) {
    open_selected(random(5));
    const auto drawn = all();
    FinishedRecords finished;
    finished.add(drawn[0].first, drawn[0].second);
    finished.add(drawn[3].first, drawn[3].second);
    open_selected(random(5), std::move(finished));
    EXPECT_EQ(all(), (std::vector<Place>{drawn[1], drawn[2], drawn[4]}));
    EXPECT_EQ(source_->progress().skipped, 2U);
}

TEST_F(SelectedSourceTest, ADrawFromNothingIsEmpty) {
    folder_.write("a.jsonl", "");
    open_selected(random(5), {}, {{a_, FileFormat::jsonl}});
    EXPECT_TRUE(all().empty());
}

}  // namespace
}  // namespace prelabel::files
