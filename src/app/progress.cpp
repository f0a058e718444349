#include "app/progress.hpp"

#include <prelabel/base/redaction.hpp>

#include <algorithm>
#include <cmath>
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

Progress::Progress(async::Clock& clock, const config::Settings& settings, std::function<Now()> look)
    : clock_(clock),
      limits_(settings.endpoint.limits),
      priced_(settings.endpoint.price.input_per_mtok > 0 || settings.endpoint.price.output_per_mtok > 0),
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
        // What earlier runs did took none of our time.
        const double ours = seen > 0 ? read_share * static_cast<double>(ended) / seen : 0;
        out += bar(share) + " " + rounded(std::floor(share * 100), 0) + "%" + "  ";
        if (ours > 0.01 && share < 1) out += "ETA " + clock_time(elapsed * (1 - share) / ours) + "  ";
    }
    out += std::to_string(ended) + " documents  " + rounded(static_cast<double>(ended) / elapsed, 1) + "/s";
    out += quota(stats, elapsed);
    out += priced_ ? "  $" + rounded(stats.usage.cost_usd, 4) : "  cost unknown (llm.price)";
    if (dead > 0) out += "  " + std::to_string(dead) + " dead-lettered";
    if (now.read.skipped > 0) out += "  " + std::to_string(now.read.skipped) + " done before";
    if (stats.paused) out += "  PAUSED: " + redacted(stats.pause_reason);
    return out;
}

std::string Progress::quota(const pipeline::Stats& stats, double elapsed) const {
    const auto share = [&](double used, std::uint64_t per_minute) {
        return per_minute > 0 ? used / (std::max(elapsed, 1.0) / 60) / static_cast<double>(per_minute) : 0.0;
    };
    if (limits_.requests_per_minute == 0 && limits_.tokens_per_minute == 0) return {};
    std::uint64_t calls = stats.calls_in_flight;
    for (const auto count : stats.calls) calls += count;
    const double reserved = std::max(share(static_cast<double>(calls), limits_.requests_per_minute),
                                     share(static_cast<double>(stats.reserved_tokens), limits_.tokens_per_minute));
    // One call may be charged what later minutes let through.
    return "  quota reserved " + rounded(100 * std::min(reserved, 1.0), 0) + "%";
}

}  // namespace prelabel::app
