#include "app/progress.hpp"

#include "app/numerals.hpp"

#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <sys/ioctl.h>

namespace prelabel::app {
namespace {

constexpr Duration elsewhere = std::chrono::seconds(10);
/// Where nothing is redrawn, whoever waits for a server that hangs hears of it so early.
constexpr Duration first_word = std::chrono::seconds(2);
constexpr Duration no_answer_is_news = std::chrono::seconds(1);
constexpr Duration window = std::chrono::minutes(1);
constexpr Duration sample_interval = std::chrono::seconds(1);
constexpr std::size_t bar_width = 24;
constexpr std::size_t any_width = std::numeric_limits<std::size_t>::max();

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Of the terminal now, so that a resize shows in the next picture; any width where it does not say.
std::size_t terminal_columns() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return any_width;
    return size.ws_col;
}

std::size_t width(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string cut_to(std::string text, std::size_t columns) {
    if (width(text) <= columns) return text;
    std::size_t at = 0;
    for (std::size_t taken = 0; at < text.size(); ++at)
        if ((text[at] & 0xC0) != 0x80 && ++taken > columns) break;
    return text.substr(0, at);
}

std::string percent(double share) { return std::to_string(static_cast<int>(std::floor(share * 100))) + "%"; }

std::string bar(double share) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_width));
    return "[" + std::string(full, '#') + std::string(bar_width - full, '.') + "]";
}

/// Which part leaves first where there is no room; the last ones stay and are cut.
enum class Keep { first_to_go, quota, before, rate, bar, cost, eta, dead, share, documents, news };

struct Part {
    Keep keep;
    std::string text;
};

/// Parts beside each other, as many as fit.
std::string laid_out(std::vector<Part> parts, std::size_t columns) {
    const auto joined = [&parts] {
        std::string out;
        for (const auto& part : parts) {
            // The bar and its share are one picture.
            if (!out.empty()) out += part.keep == Keep::share && out.ends_with(']') ? " " : "  ";
            out += part.text;
        }
        return out;
    };
    std::string out = joined();
    while (width(out) > columns && parts.size() > 1) {
        const auto least = std::ranges::min_element(parts, {}, &Part::keep);
        if (least->keep >= Keep::documents) break;
        parts.erase(least);
        out = joined();
    }
    if (width(out) > columns && parts.back().keep == Keep::news) {
        parts.erase(parts.begin(), parts.end() - 1);
        out = joined();
    }
    return cut_to(std::move(out), columns);
}

/// Random documents are drawn from all inputs before the first is given.
std::string how_far_the_draw_is(const files::ReadProgress& read) {
    std::string out = "drawing " + counted(read.wanted, "document");
    if (read.bytes_total == 0) return out;
    const double share = static_cast<double>(read.bytes_read) / static_cast<double>(read.bytes_total);
    return out + ", " + percent(std::min(1.0, share)) + " of the input is read";
}

std::uint64_t dead_letters(const pipeline::Stats& stats) {
    std::uint64_t dead = 0;
    for (const auto count : stats.dead_letters) dead += count;
    return dead;
}

std::uint64_t ended(const pipeline::Stats& stats) {
    return stats.documents_complete + stats.documents_partial + dead_letters(stats);
}

/// "; 3 calls were refused (429), 1 failed (connection)"; empty where all calls are still under way.
std::string why_nothing_is_answered(const pipeline::Stats& stats) {
    std::string out;
    for (const auto reply : enum_values<llm::ReplyClass>) {
        const std::uint64_t calls = stats.calls[reply];
        if (reply == llm::ReplyClass::answered || calls == 0) continue;
        out += out.empty() ? "; " + counted(calls, "call") : ", " + in_thousands(calls);
        if (reply == llm::ReplyClass::throttled) {
            out += calls == 1 ? " was refused (429)" : " were refused (429)";
        } else {
            out += " failed (" + std::string(to_string(reply)) + ")";
        }
    }
    return out;
}

/// Of all that is to be done, the share that is over, and the share that this run did; none where its size is unknown.
struct Shares {
    double over = 0;
    double ours = 0;
};
std::optional<Shares> shares(const files::ReadProgress& read, std::uint64_t ended) {
    if (read.wanted > 0) {
        const auto all = static_cast<double>(read.wanted);
        return Shares{static_cast<double>(ended + read.skipped) / all, static_cast<double>(ended) / all};
    }
    if (read.bytes_total == 0) return std::nullopt;
    // Bytes are read ahead of what is finished: the documents in flight are taken off again.
    const double read_share = static_cast<double>(read.bytes_read) / static_cast<double>(read.bytes_total);
    const auto seen = static_cast<double>(read.records + read.skipped);
    if (seen == 0) return Shares{std::min(1.0, read_share), 0};
    return Shares{std::min(1.0, read_share * static_cast<double>(ended + read.skipped) / seen),
                  read_share * static_cast<double>(ended) / seen};
}

}  // namespace

std::optional<double> share_done(const files::ReadProgress& read, const pipeline::Stats& stats) {
    const auto known = shares(read, ended(stats));
    return known ? std::optional(std::min(1.0, known->over)) : std::nullopt;
}

Progress::Progress(async::Clock& clock, bool priced, std::function<Now()> look, Duration pace)
    : clock_(clock),
      priced_(priced),
      look_(std::move(look)),
      pace_(pace),
      started_(clock.now()),
      terminal_(::isatty(STDERR_FILENO) == 1),
      samples_{Sample{started_}},
      timer_([this] { show(); }) {
    arm();
}

Progress::~Progress() { clock_.disarm(timer_); }

void Progress::arm() {
    const TimePoint now = clock_.now();
    const Duration passed = now - started_;
    TimePoint next = now + (terminal_ ? pace_ : elsewhere);
    if (!terminal_ && passed < elsewhere) next = started_ + (passed < first_word ? first_word : elsewhere);
    clock_.arm(timer_, next);
}

void Progress::show() {
    const TimePoint at = clock_.now();
    const Now now = look_();
    if (at - samples_.back().at >= sample_interval) samples_.push_back(sample(now));
    while (samples_.size() > 1 && at - samples_[1].at >= window) samples_.pop_front();
    const bool due = terminal_ || at - started_ >= elsewhere || waits_for_the_first_answer(*now.stats);
    std::string text = terminal_ ? erased() : std::string();
    text += terminal_ ? drawn() : line(any_width) + "\n";
    if (due) std::fputs(text.c_str(), stderr);
    arm();
}

void Progress::finish() {
    clock_.disarm(timer_);
    clear();
    std::fprintf(stderr, "%s\n", terminal_ ? drawn().c_str() : line(any_width).c_str());
    drawn_columns_ = 0;
}

void Progress::clear() {
    if (terminal_) std::fputs(erased().c_str(), stderr);
}

std::string Progress::erased() {
    const std::size_t columns = terminal_columns();
    const std::size_t rows_above = drawn_columns_ > columns ? (drawn_columns_ - 1) / columns : 0;
    drawn_columns_ = 0;
    if (rows_above == 0) return "\r\033[K";
    return "\033[" + std::to_string(rows_above) + "A\r\033[J";
}

std::string Progress::drawn() {
    const std::size_t columns = terminal_columns();
    // A row that fills the last column too makes some terminals start the next one.
    std::string row = line(columns == any_width ? any_width : columns - 1);
    drawn_columns_ = width(row);
    return row;
}

Progress::Sample Progress::sample(const Now& now) const {
    const auto over = ended(*now.stats);
    const auto share = shares(now.read, over);
    return {clock_.now(), over, share ? share->ours : 0, now.stats->calls_started, now.stats->reserved_tokens};
}

const Progress::Sample& Progress::a_minute_ago() const {
    const TimePoint then = clock_.now() - window;
    const auto later = std::ranges::find_if(samples_, [&](const Sample& one) { return one.at > then; });
    return later == samples_.begin() ? samples_.front() : *std::prev(later);
}

bool Progress::waits_for_the_first_answer(const pipeline::Stats& stats) const {
    return stats.calls_started > 0 && stats.calls[llm::ReplyClass::answered] == 0 && !stats.paused &&
           clock_.now() - started_ >= no_answer_is_news;
}

std::string Progress::line(std::size_t columns) const {
    const Now now = look_();
    const auto& stats = *now.stats;
    const Sample current = sample(now);
    const Sample& before = a_minute_ago();
    const double passed = std::max(1e-3, seconds(current.at - before.at));
    const double rate = static_cast<double>(current.ended - before.ended) / passed;

    std::vector<Part> parts;
    const auto add = [&parts](Keep keep, std::string text) { parts.push_back({keep, std::move(text)}); };
    if (const auto share = shares(now.read, current.ended)) {
        add(Keep::bar, bar(share->over));
        add(Keep::share, percent(share->over));
        const double share_rate = (share->ours - before.share) / passed;
        if (share->ours > 0.01 && share->over < 1 && share_rate > 0)
            add(Keep::eta, "ETA " + clock_time((1 - share->over) / share_rate));
    }
    add(Keep::documents, counted(current.ended, "document"));
    add(Keep::rate, documents_per_time(rate));
    const auto used = [&](std::uint64_t amount, std::uint64_t per_minute) {
        return per_minute > 0
                   ? static_cast<double>(amount) / (std::max(passed, 1.0) / 60 * static_cast<double>(per_minute))
                   : 0.0;
    };
    if (stats.requests_per_minute > 0 || stats.tokens_per_minute > 0) {
        const double reserved = std::max(used(current.calls - before.calls, stats.requests_per_minute),
                                         used(current.tokens - before.tokens, stats.tokens_per_minute));
        // One call may be charged what later minutes let through.
        add(Keep::quota, "quota reserved " + std::to_string(std::lround(100 * std::min(reserved, 1.0))) + "%");
    }
    if (priced_ && stats.usage.uncounted == 0) add(Keep::cost, dollars(stats.usage.cost_usd));
    if (priced_ && stats.usage.uncounted > 0) add(Keep::cost, "cost " + dollars_at_least(stats.usage.cost_usd));
    if (const auto dead = dead_letters(stats); dead > 0) add(Keep::dead, counted(dead, "dead letter"));
    if (now.read.skipped > 0) add(Keep::before, in_thousands(now.read.skipped) + " done before");
    if (now.read.wanted > 0 && now.read.records + now.read.skipped == 0 && !now.read.ended)
        add(Keep::news, how_far_the_draw_is(now.read));
    if (now.lag) add(Keep::before, "lag " + in_thousands(*now.lag));
    if (!now.waits_for.empty()) add(Keep::news, "waiting: " + redacted(now.waits_for));
    if (stats.paused) add(Keep::news, "PAUSED: " + redacted(stats.pause_reason));
    if (waits_for_the_first_answer(stats))
        add(Keep::news, "waiting for the first answer, " +
                            std::to_string(static_cast<long>(seconds(current.at - started_))) + " s" +
                            why_nothing_is_answered(stats));
    return laid_out(std::move(parts), columns);
}

}  // namespace prelabel::app
