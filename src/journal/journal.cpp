#include "journal/answer_bytes.hpp"
#include "journal/journal_impl.hpp"
#include "journal/journal_secret.hpp"

#include <algorithm>
#include <utility>

namespace prelabel::journal {
namespace {

constexpr std::uint64_t segments_in_a_journal = 16;
constexpr std::uint64_t segment_bytes_max = 128U << 20;
/// Of an answer's time to live: how long a segment is written to, and how often is looked for segments to remove.
constexpr int parts_of_ttl = 16;
constexpr std::size_t index_entry_bytes = 16;

std::uint64_t segment_bytes(const Settings& settings) {
    return std::min(settings.bytes_max / segments_in_a_journal, segment_bytes_max);
}

Duration look_every(Duration ttl) {
    return std::clamp<Duration>(ttl / parts_of_ttl, std::chrono::milliseconds(1), std::chrono::hours(1));
}

/// Wherever it failed.
Result<> flush_all(const std::vector<std::shared_ptr<DiskFile>>& files, Disk& disk) {
    Result<> outcome = disk.flush();
    for (const auto& file : files)
        if (auto flushed = file->flush(); !flushed) outcome = std::move(flushed);
    return outcome;
}

}  // namespace

Journal::Impl::Impl(const Settings& settings, Ports ports, Secret secret)
    : settings_(settings),
      ports_(std::move(ports)),
      secret_(std::move(secret)),
      log_(*ports_.disk, FrameFormat(secret_), segment_bytes(settings), settings.sync != Sync::none, stats_),
      expire_timer_([this] { expire(); }),
      flush_timer_([this] {
          flush_planned_ = false;
          flushes_.spawn(flush());
      }),
      flushes_(ports_.loop) {
    stats_.bytes_max = settings_.bytes_max;
    if (settings_.sync != Sync::none) flusher_.emplace(ports_.loop);
}

Journal::Impl::~Impl() {
    ports_.clock.disarm(expire_timer_);
    ports_.clock.disarm(flush_timer_);
    if (!flusher_) return;
    flusher_.reset();  // waits for the flush under way
    if (flushed_ < written_) (void)flush_all(log_.unflushed(), *ports_.disk);
}

Result<> Journal::Impl::load() {
    auto loaded = log_.load([this](const SegmentIndex::Entry& entry, std::uint32_t segment) {
        learn(entry.fingerprint, {segment, entry.unit}, entry.kind);
    });
    if (!loaded) return loaded;
    if (!log_.segments().empty()) index_.drop_before(log_.segments().front().number);
    make_room(0);
    expire();
    return {};
}

std::optional<llm::Completion> Journal::Impl::find(const pipeline::AnswerKey& key) {
    const auto print = fingerprint(key);
    const auto place = index_.find(print);
    if (!place) return std::nullopt;
    const auto kept = log_.read(*place);
    if (!kept) {
        ++stats_.damaged;
        unlearn(print);
        return std::nullopt;
    }
    const Frame& frame = kept->frame;
    if (frame.key != key || frame.kind != FrameKind::answer) return std::nullopt;
    if (frame.at + settings_.ttl < ports_.clock.wall_now()) {
        unlearn(print);
        return std::nullopt;
    }
    return answer_from(frame.payload);
}

async::Coroutine<> Journal::Impl::put(pipeline::AnswerKey key, llm::Completion completion) {
    const std::string payload = to_bytes(completion);
    if (!append({FrameKind::answer, ports_.clock.wall_now(), key, payload})) {
        ++stats_.not_kept;
        co_return;
    }
    if (settings_.sync == Sync::group) flush_soon();
    if (settings_.sync == Sync::always) co_await flush();
}

void Journal::Impl::forget(const pipeline::AnswerKey& key) {
    if (!index_.find(fingerprint(key))) return;
    if (append({FrameKind::forgotten, ports_.clock.wall_now(), key, {}})) {
        if (settings_.sync != Sync::none) flush_soon();
    } else {
        unlearn(fingerprint(key));  // in this process at least
    }
}

bool Journal::Impl::append(const Frame& frame) {
    const auto bytes = FrameFormat::bytes_of(frame.payload.size());
    if (frame.payload.size() > FrameFormat::payload_bytes_max || bytes > settings_.bytes_max / 4) return false;
    if (retry_at_ && ports_.clock.now() < *retry_at_) return false;
    make_room(bytes + index_entry_bytes);
    const auto place = log_.append(frame);
    if (!place) {
        failed(place.error());
        return false;
    }
    if (std::exchange(retry_at_, std::nullopt) && ports_.on_news) ports_.on_news({true, "answers are kept again"});
    learn(fingerprint(frame.key), *place, frame.kind);
    ++written_;
    ++stats_.written;
    return true;
}

void Journal::Impl::learn(std::uint64_t print, Place place, FrameKind kind) {
    unlearn(print);
    if (kind != FrameKind::answer) return;
    index_.put(print, place);
    ++answers_[place.segment];
    ++answers_found_;
}

void Journal::Impl::unlearn(std::uint64_t print) {
    const auto before = index_.find(print);
    if (!before) return;
    index_.erase(print);
    --answers_[before->segment];
    --answers_found_;
}

void Journal::Impl::make_room(std::uint64_t bytes) {
    const auto too_much = [&] { return log_.bytes() + bytes > settings_.bytes_max || answers_found_ >= answers_max; };
    while (too_much() && log_.can_drop()) drop_oldest();
}

void Journal::Impl::drop_oldest() {
    const auto number = log_.segments().front().number;
    if (const auto removed = log_.drop_oldest(); !removed) failed(removed.error());
    index_.drop_before(number + 1);
    if (const auto gone = answers_.extract(number)) answers_found_ -= gone.mapped();
}

void Journal::Impl::expire() {
    const WallTime now = ports_.clock.wall_now();
    const auto& segments = log_.segments();
    if (!segments.empty() && log_.writes_to(segments.back()) && segments.back().oldest < WallTime::max() &&
        segments.back().oldest + settings_.ttl / parts_of_ttl < now)
        log_.close_segment();
    // A segment that could not be read has no newest frame: it goes by its bytes, or behind the next one.
    const auto over = [&](const SegmentLog::Segment& one) {
        return one.newest > WallTime::min() && one.newest + settings_.ttl < now;
    };
    while (log_.can_drop() && over(segments.front())) drop_oldest();
    ports_.clock.arm(expire_timer_, ports_.clock.now() + look_every(settings_.ttl));
}

void Journal::Impl::failed(const Error& error) {
    ++stats_.write_failures;
    const bool news = !retry_at_;
    retry_at_ = ports_.clock.now() + retry_after;
    if (news && ports_.on_news)
        ports_.on_news({false, "journal: " + error.message +
                                   "; answers go on without it, and would be paid again after a crash; it is tried "
                                   "again every few seconds"});
}

void Journal::Impl::flush_soon() {
    if (flushing_) return;  // which looks again at its end
    if (written_ - flushed_ >= flush_after_answers) return flushes_.spawn(flush());
    if (std::exchange(flush_planned_, true)) return;
    ports_.clock.arm(flush_timer_, ports_.clock.now() + flush_after);
}

async::Coroutine<> Journal::Impl::flush() {
    const std::uint64_t wanted = written_;
    while (flushed_ < wanted) {
        if (flushing_) {
            async::Signal<async::Done> done;
            flush_waiters_.push_back(&done);
            co_await done.wait();
            continue;
        }
        flushing_ = true;
        const std::uint64_t covered = written_;
        auto work = [files = log_.unflushed(), disk = ports_.disk.get()] { return flush_all(files, *disk); };
        const Result<> outcome = co_await flusher_->run(std::move(work));
        flushing_ = false;
        flushed_ = covered;  // after a failure too: nobody knows what is on the disk, and asking again does not tell
        if (!outcome) {
            log_.close_segment();
            failed(outcome.error());
        }
        for (auto* waiter : std::exchange(flush_waiters_, {})) waiter->set({});
    }
    if (flushed_ < written_) flush_soon();
}

const Stats& Journal::Impl::stats() {
    stats_.bytes = log_.bytes();
    stats_.answers = answers_found_;
    stats_.index_bytes = index_.bytes();
    stats_.failing = retry_at_.has_value();
    return stats_;
}

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const Settings& settings, Ports ports) {
    auto secret = read_or_make_secret(*ports.disk);
    if (!secret) return secret.error();
    auto impl = std::make_unique<Impl>(settings, std::move(ports), std::move(*secret));
    if (const auto loaded = impl->load(); !loaded) return loaded.error();
    return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

const Secret& Journal::secret() const { return impl_->secret(); }
std::optional<llm::Completion> Journal::find(const pipeline::AnswerKey& key) { return impl_->find(key); }
async::Coroutine<> Journal::put(pipeline::AnswerKey key, llm::Completion completion) {
    return impl_->put(key, std::move(completion));
}
void Journal::forget(const pipeline::AnswerKey& key) { impl_->forget(key); }
const Stats& Journal::stats() const { return impl_->stats(); }

}  // namespace prelabel::journal
