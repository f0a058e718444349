#include "files/draw.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace prelabel::files {
namespace {

/// Every bit of the result depends on every bit of the argument. Source: SplitMix64, Steele, Lea and Flood (2014).
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::size_t held(const Drawn& drawn) { return drawn.finished ? 0 : drawn.record.bytes(); }

}  // namespace

Draw::Draw(std::uint64_t size, std::uint64_t seed, std::size_t bytes_max)
    : size_(size), seed_(mixed(seed)), bytes_max_(bytes_max) {}

bool Draw::lower(const Ranked& a, const Ranked& b) { return std::tie(a.rank, a.place) < std::tie(b.rank, b.place); }

Result<> Draw::offer(Drawn one) {
    const std::uint64_t place = offered_++;
    const std::uint64_t rank = mixed(seed_ ^ place);
    if (kept_.size() == size_) {
        if (kept_.empty() || rank >= kept_.front().rank) return {};
        std::ranges::pop_heap(kept_, lower);
        bytes_ -= held(kept_.back().drawn);
        kept_.pop_back();
    }
    if (one.finished) one.record.value.reset();
    bytes_ += held(one);
    if (bytes_ > bytes_max_)
        return Error{Fault::config, "so many random documents take more than " + std::to_string(bytes_max_ >> 20U) +
                                        " MiB of memory: take fewer of them"};
    kept_.push_back({rank, place, std::move(one)});
    std::ranges::push_heap(kept_, lower);
    return {};
}

std::deque<Drawn> Draw::take() {
    std::ranges::sort(kept_, {}, &Ranked::place);
    std::deque<Drawn> drawn;
    for (auto& one : kept_) drawn.push_back(std::move(one.drawn));
    kept_.clear();
    bytes_ = 0;
    return drawn;
}

}  // namespace prelabel::files
