#include <prelabel/pipeline/committer.hpp>
#include <prelabel/pipeline/settings.hpp>

namespace prelabel::pipeline {
namespace {

constexpr int last_commit_tries = 5;
constexpr Duration last_commit_wait = std::chrono::milliseconds(100);

}  // namespace

Committer::Committer(async::Executor executor, Context context, const OwnPartitions& partitions)
    : context_(context),
      partitions_(partitions),
      due_([this] {
          under_way_ = true;
          beside_.spawn(commit_beside());
      }),
      beside_(std::move(executor)) {}

void Committer::schedule() {
    if (under_way_) {
        again_ = true;
        return;
    }
    // What failed is tried again after the interval, however much waits for it.
    const bool at_once = !failed_ && context_.outbox.wants_commit();
    if (at_once) {
        context_.clock.disarm(due_);
        context_.clock.arm(due_, context_.clock.now());
    } else if (!due_.armed()) {
        context_.clock.arm(due_, context_.clock.now() + context_.interval);
    }
}

async::Coroutine<> Committer::commit_beside() {
    const bool committed = co_await commit(context_.clock.now() + closing_time);
    end(committed);
}

void Committer::end(bool committed) {
    under_way_ = false;
    failed_ = !committed;
    if (std::exchange(again_, false) || !committed) schedule();
}

async::Coroutine<> Committer::settle() { co_await beside_.join(); }

async::Coroutine<> Committer::commit_for_good(TimePoint deadline) {
    co_await settle();
    context_.clock.disarm(due_);
    under_way_ = true;
    bool committed = false;
    for (int tries = 0; !committed && tries < last_commit_tries; ++tries) {
        committed = co_await commit(deadline);
        if (committed || context_.clock.now() + last_commit_wait >= deadline) break;
        co_await async::sleep_until(context_.clock, context_.clock.now() + last_commit_wait);
    }
    end(committed);
}

async::Coroutine<> Committer::stop() {
    co_await settle();
    context_.clock.disarm(due_);  // a commit that failed armed it again
}

async::Coroutine<bool> Committer::commit(TimePoint deadline) {
    Told latest;
    const AskProgress ask = [this, &latest](const std::vector<Origin>& together) {
        latest = told(together);
        std::vector<Progress> progress;
        for (const auto& [own, how_far] : latest) progress.push_back(how_far);
        return progress;
    };
    const TimePoint started = context_.clock.now();
    const Result<> committed = co_await context_.outbox.commit(ask, deadline);
    if (!committed) {
        ++context_.stats.commit_failures;
        context_.on_event(Trouble{committed.error().message});
        co_return false;
    }
    if (latest.empty()) co_return true;
    ++context_.stats.commits;
    context_.stats.commit_seconds.observe(context_.clock.now() - started);
    for (auto& [own, how_far] : latest) own->committed = std::move(how_far);
    co_return true;
}

Committer::Told Committer::told(const std::vector<Origin>& together) const {
    Told all;
    for (const auto& [partition, own] : partitions_) {
        auto progress = own->progress(together);
        if (progress && progress != own->committed) all.emplace_back(own, std::move(*progress));
    }
    return all;
}

}  // namespace prelabel::pipeline
