// What does it cost to keep an answer of 500 bytes, to find one among a million, and to start with a million of them?
// Beside it: the disk alone, one fdatasync for each answer (Sync::always without company).
// Other stores on the machine where this was decided: docs/decisions/0047.
//
// Repeat: cmake --preset bench && ninja -C build/bench journal_bench && build/bench/bench/journal_bench
// The folder is made below TMPDIR, takes 0.7 GB, and is removed.
#include <prelabel/async/wheel_clock.hpp>
#include <prelabel/base/rng.hpp>
#include <prelabel/journal/journal.hpp>
#include <prelabel/journal/system_disk.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>

namespace prelabel::journal {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t million = 1'000'000;

pipeline::AnswerKey key_of(std::uint64_t number) {
    Rng rng(number);
    return {{rng.next(), rng.next(), rng.next(), rng.next()}};
}

llm::Completion completion() {
    llm::Completion one;
    one.response_id = "chatcmpl-B3xyzAbCdEfGhIjKlMnOp";
    one.model = "gpt-4o-mini-2024-07-18";
    one.content = std::string(370, 'x');  // 500 bytes with the rest
    one.usage = {1, 212, 0, 31, 0.0000504, 0};
    return one;
}

struct Opened {
    boost::asio::io_context loop{1};
    async::WheelClock clock{loop.get_executor()};
    std::unique_ptr<Journal> journal;

    Opened(const fs::path& folder, Sync sync) {
        auto disk = SystemDisk::lock(folder.string());
        auto made = Journal::open({folder.string(), std::uint64_t{8} << 30U, std::chrono::hours(24 * 30), sync},
                                  {std::move(*disk), loop.get_executor(), clock});
        journal = std::move(*made);
    }
    void run(async::Coroutine<> task, std::size_t* left) {
        boost::asio::co_spawn(loop, std::move(task), [this, left](const std::exception_ptr&) {
            if (--*left == 0) loop.stop();
        });
    }
};

fs::path made_folder() {
    std::string name = (fs::temp_directory_path() / "prelabel-journal-bench-XXXXXX").string();
    return ::mkdtemp(name.data());
}

struct Folder {
    fs::path path = made_folder();
    Folder() = default;
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
};

async::Coroutine<> put_many(Journal* journal, std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = first; i < first + count; ++i) {
        llm::Completion one = completion();
        co_await journal->put(key_of(i), std::move(one));
    }
}

/// With a million answers, made once.
const fs::path& full_folder() {
    static const Folder folder;
    static const bool filled = [] {
        Opened opened(folder.path, Sync::none);
        std::size_t left = 1;
        opened.run(put_many(opened.journal.get(), 0, million), &left);
        opened.loop.run();
        return true;
    }();
    expects(filled, "made once");
    return folder.path;
}

/// `state.range(0)` answers at once, as many documents in flight make them.
void put(benchmark::State& state, Sync sync) {
    const Folder folder;
    Opened opened(folder.path, sync);
    std::uint64_t next = 0;
    const auto together = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        std::size_t left = together;
        for (std::size_t i = 0; i < together; ++i) opened.run(put_many(opened.journal.get(), next++, 1), &left);
        opened.loop.restart();
        opened.loop.run();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(next));
}
BENCHMARK_CAPTURE(put, none, Sync::none)->Arg(100);
BENCHMARK_CAPTURE(put, group, Sync::group)->Arg(100);
BENCHMARK_CAPTURE(put, always, Sync::always)->Arg(100)->UseRealTime();
BENCHMARK_CAPTURE(put, always_alone, Sync::always)->Arg(1)->UseRealTime();

void find_among_a_million(benchmark::State& state) {
    Opened opened(full_folder(), Sync::none);
    Rng rng(1);
    for (auto _ : state) {
        auto found = opened.journal->find(key_of(rng.below(million)));
        if (!found) state.SkipWithError("an answer is missing");
        benchmark::DoNotOptimize(found);
    }
}
BENCHMARK(find_among_a_million);

void find_nothing_among_a_million(benchmark::State& state) {
    Opened opened(full_folder(), Sync::none);
    std::uint64_t number = million;
    for (auto _ : state) benchmark::DoNotOptimize(opened.journal->find(key_of(number++)));
}
BENCHMARK(find_nothing_among_a_million);

void key_alone(benchmark::State& state) {
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(key_of(number++));
}
BENCHMARK(key_alone);  // of the benchmark, not of the journal: to be taken off

void restart_with_a_million(benchmark::State& state) {
    (void)full_folder();
    for (auto _ : state) {
        const Opened opened(full_folder(), Sync::none);
        state.counters["index_bytes_per_answer"] = static_cast<double>(opened.journal->stats().index_bytes) / million;
    }
}
BENCHMARK(restart_with_a_million)->Unit(benchmark::kMillisecond)->UseRealTime();

void restart_that_reads_all_segments(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        for (const auto& file : fs::directory_iterator(full_folder()))
            if (file.path().extension() == ".index") fs::remove(file.path());
        state.ResumeTiming();
        const Opened opened(full_folder(), Sync::none);
    }
}
BENCHMARK(restart_that_reads_all_segments)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace prelabel::journal
