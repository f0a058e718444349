#pragma once

#include "folder.hpp"
#include "loop.hpp"

#include <prelabel/files/file_source.hpp>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>

namespace prelabel::files {

using pipeline::Assigned;
using pipeline::Batch;
using pipeline::Ended;
using pipeline::Room;
using pipeline::SourceEvent;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

inline constexpr Room wide{100, 1U << 20};

inline std::string lines(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += "{\"n\":" + std::to_string(i) + "}\n";
    return out;
}

class FileSourceTest : public testing::Test {
protected:
    void open(std::vector<std::string> paths, FinishedRecords finished = {}) {
        std::vector<Input> inputs;
        for (auto& path : paths) inputs.push_back({std::move(path), FileFormat::jsonl});
        auto opened = FileSource::open(std::move(inputs), std::move(finished), order_);
        ASSERT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
        source_ = std::move(*opened);
        ASSERT_TRUE(std::holds_alternative<Assigned>(next()));
    }
    SourceEvent next(Room room = wide) {
        auto event = finish(loop_, source_->next(room));
        EXPECT_TRUE(event.has_value()) << (event ? "" : event.error().message);
        return event ? std::move(*event) : SourceEvent{};
    }
    /// `offset` of each record of the next batch; empty when it is none.
    std::vector<Offset> offsets(Room room = wide) {
        const auto event = next(room);
        std::vector<Offset> out;
        if (const auto* batch = std::get_if<Batch>(&event))
            for (const auto& record : batch->records) out.push_back(record.origin.offset);
        return out;
    }

    Folder folder_;
    InputOrder order_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<FileSource> source_;
};

}  // namespace prelabel::files
