#include "progress.hpp"

#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace prelabel::app {
namespace {

constexpr Duration on_a_terminal = std::chrono::milliseconds(200);
constexpr Duration elsewhere = std::chrono::seconds(10);
constexpr std::size_t bar_width = 24;

std::string rounded(double value, int places) {
    char out[64];
    std::snprintf(out, sizeof out, "%.*f", places, value);
    return out;
}

std::string clock_time(double seconds) {
    const auto whole = static_cast<long>(seconds + 0.5);
    char out[32];
    if (whole >= 3600) {
        std::snprintf(out, sizeof out, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        std::snprintf(out, sizeof out, "%ld:%02ld", whole / 60, whole % 60);
    }
    return out;
}

std::string bar(double share) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_width));
    return "[" + std::string(full, '#') + std::string(bar_width - full, '.') + "]";
}

}  // namespace

Progress::Progress(pipeline::Clock& clock, std::uint64_t requests_per_minute, std::function<Now()> look)
    : clock_(clock),
      requests_per_minute_(requests_per_minute),
      look_(std::move(look)),
      started_(clock.now()),
      terminal_(::isatty(STDERR_FILENO) == 1),
      timer_([this] { show(); }) {
    clock_.arm(timer_, clock_.now() + (terminal_ ? on_a_terminal : elsewhere));
}

Progress::~Progress() { clock_.disarm(timer_); }

void Progress::show() {
    const std::string text = terminal_ ? "\r\033[K" + line() : line() + "\n";
    std::fputs(text.c_str(), stderr);
    clock_.arm(timer_, clock_.now() + (terminal_ ? on_a_terminal : elsewhere));
}

void Progress::finish() {
    clock_.disarm(timer_);
    clear();
    std::fprintf(stderr, "%s\n", line().c_str());
}

void Progress::clear() {
    if (terminal_) std::fputs("\r\033[K", stderr);
}

std::string Progress::line() const {
    const Now now = look_();
    const auto& stats = *now.stats;
    std::uint64_t dead = 0;
    for (const auto count : stats.dead_letters) dead += count;
    const std::uint64_t ended = stats.documents_complete + stats.documents_partial + dead;
    const double elapsed = std::max(1e-3, std::chrono::duration<double>(clock_.now() - started_).count());

    std::string out;
    if (now.read.bytes_total > 0) {
        // Bytes are read ahead of what is finished: the documents in flight are taken off again.
        const double read_share = static_cast<double>(now.read.bytes_read) / static_cast<double>(now.read.bytes_total);
        const double seen = static_cast<double>(now.read.records + now.read.skipped);
        const double over = static_cast<double>(ended + now.read.skipped);
        const double share = std::min(1.0, seen > 0 ? read_share * over / seen : read_share);
        out += bar(share) + " " + rounded(share * 100, 0) + "%" + "  ";
        if (share > 0.01 && share < 1) out += "ETA " + clock_time(elapsed * (1 - share) / share) + "  ";
    }
    out += std::to_string(ended) + " documents  " + rounded(static_cast<double>(ended) / elapsed, 1) + "/s";
    if (requests_per_minute_ > 0) {
        std::uint64_t calls = 0;
        for (const auto count : stats.calls) calls += count;
        const double per_minute = static_cast<double>(calls) / std::max(elapsed, 1.0) * 60;
        out += "  quota " + rounded(100 * per_minute / static_cast<double>(requests_per_minute_), 0) + "%";
    }
    out += "  $" + rounded(stats.usage.cost_usd, 4);
    if (dead > 0) out += "  " + std::to_string(dead) + " dead-lettered";
    if (now.read.skipped > 0) out += "  " + std::to_string(now.read.skipped) + " done before";
    if (stats.paused) out += "  PAUSED: " + redacted(stats.pause_reason);
    return out;
}

}  // namespace prelabel::app
