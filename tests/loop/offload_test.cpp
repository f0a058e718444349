#include <prelabel/loop/offload.hpp>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace prelabel::loop {
namespace {

struct Seen {
    std::vector<int> order;
    std::thread::id work;
    std::thread::id resumed;
};

pipeline::Task<> offloaded(Offload* offload, int id, Seen* seen) {
    std::function<int()> work = [id, seen] {
        seen->work = std::this_thread::get_id();
        return id * 10;
    };
    const int value = co_await offload->run(std::move(work));
    seen->resumed = std::this_thread::get_id();
    seen->order.push_back(value);
}

TEST(Offload, RunsElsewhereAndResumesOnTheLoop) {
    boost::asio::io_context io(1);
    Offload offload(io.get_executor());
    Seen seen;
    boost::asio::co_spawn(io, offloaded(&offload, 1, &seen), boost::asio::detached);
    io.run();
    EXPECT_EQ(seen.order, std::vector{10});
    EXPECT_NE(seen.work, std::this_thread::get_id());
    EXPECT_EQ(seen.resumed, std::this_thread::get_id());
}

TEST(Offload, OneThreadWorksInOrder) {
    boost::asio::io_context io(1);
    Offload offload(io.get_executor());
    Seen seen;
    std::vector<int> expected;
    for (int id = 0; id < 50; ++id) {
        boost::asio::co_spawn(io, offloaded(&offload, id, &seen), boost::asio::detached);
        expected.push_back(id * 10);
    }
    io.run();
    EXPECT_EQ(seen.order, expected);
}

pipeline::Task<> offload_text(Offload* offload, std::unique_ptr<std::string>* out) {
    std::function<std::unique_ptr<std::string>()> work = [] { return std::make_unique<std::string>("moved"); };
    *out = co_await offload->run(std::move(work));
}

TEST(Offload, ResultsAreMovedNotCopied) {
    boost::asio::io_context io(1);
    Offload offload(io.get_executor(), 2);
    std::unique_ptr<std::string> out;
    boost::asio::co_spawn(io, offload_text(&offload, &out), boost::asio::detached);
    io.run();
    ASSERT_TRUE(out);
    EXPECT_EQ(*out, "moved");
}

}  // namespace
}  // namespace prelabel::loop
