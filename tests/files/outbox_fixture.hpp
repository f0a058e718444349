#pragma once

#include "../sim/sim_clock.hpp"
#include "files/output_file.hpp"
#include "folder.hpp"
#include "loop.hpp"

#include <prelabel/files/file_outbox.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::files {

using pipeline::Output;
using pipeline::OutputKind;
using testing::HasSubstr;

inline Origin origin(Offset offset) { return {{"in.jsonl", 0}, offset, -1}; }

inline std::string record(Offset offset) {
    return R"({"source":{"file":"in.jsonl","line":1,"offset":)" + std::to_string(offset) + "}}";
}

inline Output annotation(Offset offset) { return {OutputKind::annotation, origin(offset), {}, record(offset), {}}; }

inline Output dead_letter(Offset offset, std::string value = "not json") {
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

class FileOutboxTest : public testing::Test {
protected:
    using Write = Started<Result<>>;

    void open(ReorderWindow window = {}) { open(folder_.path("out.jsonl"), window); }
    void open(const std::string& output, ReorderWindow window = {}) {
        FileOutbox::Files files{*OutputFile::open(output), *OutputFile::open(folder_.path("dead.jsonl"))};
        OutboxNews news;
        news.stuck = [this](const Error& error) { stuck_.push_back(error.message); };
        news.works_again = [this] { ++works_again_; };
        news.lost = [this](const Error& error) { lost_.push_back(error); };
        outbox_ = std::make_unique<FileOutbox>(
            loop_.get_executor(), clock_, std::move(files), order_,
            [this]() -> Result<> {
                remembered_.push_back(order_.next());
                return {};
            },
            std::move(news), window);
    }
    void read(Offset count) {
        for (Offset offset = 0; offset < count; ++offset) order_.read(origin(offset));
    }
    /// Keep the result as long as the write is under way.
    std::unique_ptr<Write> write(Output output) {
        auto started = std::make_unique<Write>(loop_, outbox_->publish(std::move(output)));
        settle(loop_);
        return started;
    }
    void close() {
        Started<void> closing(loop_, outbox_->close(TimePoint::max()));
        settle(loop_);
        while (!closing.done() && clock_.jump()) settle(loop_);
        if (!closing.done()) {  // the flush to the disk takes no time of the clock's
            loop_.restart();
            loop_.run();
        }
        EXPECT_TRUE(closing.done());
    }
    void advance(Duration by) {
        bool there = false;
        async::Timer timer([&there] { there = true; });
        clock_.arm(timer, clock_.now() + by);
        while (!there) {
            clock_.jump();
            settle(loop_);
        }
    }
    std::string lines(std::vector<Offset> offsets) {
        std::string out;
        for (const auto offset : offsets) out += record(offset) + '\n';
        return out;
    }

    Folder folder_;
    InputOrder order_;
    sim::SimClock clock_;
    boost::asio::io_context loop_{1};
    std::vector<std::uint64_t> remembered_;
    std::vector<std::string> stuck_;
    int works_again_ = 0;
    std::vector<Error> lost_;
    std::unique_ptr<FileOutbox> outbox_;
};

}  // namespace prelabel::files
