#pragma once

#include "../sim/sim_clock.hpp"
#include "memory_disk.hpp"

#include <prelabel/journal/journal.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

namespace prelabel::journal {

/// As a hash would make them: nothing near anything.
inline pipeline::AnswerKey key_of(std::uint64_t number) {
    Rng rng(number);
    return {{rng.next(), rng.next(), rng.next(), rng.next()}};
}

inline llm::Completion completion_of(std::string content) {
    llm::Completion completion;
    completion.content = std::move(content);
    completion.response_id = "chatcmpl-1";
    completion.model = "small-2026";
    completion.usage = {1, 120, 20, 30, 0.00042, 0};
    return completion;
}

/// Says which key it belongs to, so that a wrong answer is known as one.
inline std::string content_of(std::uint64_t number, std::size_t bytes = 40) {
    std::string content = "answer " + std::to_string(number) + " ";
    content.resize(std::max(bytes, content.size()), 'x');
    return content;
}

/// A journal on a disk in memory, in virtual time; any number of processes after each other.
struct JournalWorld {
    DiskState disk;
    sim::SimClock clock;
    boost::asio::io_context loop;
    Settings settings{"/memory", std::uint64_t{1} << 20U, std::chrono::hours(24), Sync::none};
    std::vector<Journal::News> news;
    std::unique_ptr<Journal> journal;

    [[nodiscard]] Result<std::unique_ptr<Journal>> try_open() {
        return Journal::open(settings, {std::make_unique<MemoryDisk>(disk), loop.get_executor(), clock,
                                        [this](const Journal::News& one) { news.push_back(one); }});
    }
    /// A process that ended at once leaves what it wrote: nothing is done at the end with Sync::none.
    void start() {
        journal.reset();
        auto opened = try_open();
        if (!opened) {
            ADD_FAILURE() << opened.error().message;
            return;
        }
        journal = std::move(*opened);
    }
    void put(std::uint64_t number, std::size_t bytes = 40) {
        run(journal->put(key_of(number), completion_of(content_of(number, bytes))));
    }
    [[nodiscard]] std::optional<std::string> find(std::uint64_t number) const {
        const auto found = journal->find(key_of(number));
        if (!found) return std::nullopt;
        return found->content;
    }
    void run(async::Coroutine<> task) {
        boost::asio::co_spawn(loop, std::move(task),
                              [](const std::exception_ptr& error) { expects(!error, "nothing throws"); });
        loop.restart();
        loop.run();
    }
    void advance(Duration by) {
        const TimePoint until = clock.now() + by;
        async::Timer timer([] {});
        clock.arm(timer, until);
        while (clock.now() < until) clock.jump();
        loop.restart();
        loop.poll();
    }
    [[nodiscard]] const Stats& stats() const { return journal->stats(); }
    [[nodiscard]] std::size_t segments() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(disk.files, [](const auto& file) { return file.first.ends_with(".journal"); }));
    }
};

}  // namespace prelabel::journal
