#include <prelabel/llm/context_cut.hpp>

#include <algorithm>

namespace prelabel::llm {
namespace {

constexpr std::uint64_t tokens_min = 1024;
constexpr unsigned times_enough = 3;

}  // namespace

bool ContextCut::answered(std::size_t body_bytes, std::uint64_t input_tokens) {
    if (input_tokens < std::max(most_, tokens_min)) return false;
    if (input_tokens > most_) {
        most_ = input_tokens;
        smallest_bytes_ = largest_bytes_ = body_bytes;
        times_ = 0;
    }
    ++times_;
    smallest_bytes_ = std::min(smallest_bytes_, body_bytes);
    largest_bytes_ = std::max(largest_bytes_, body_bytes);
    const bool differ = largest_bytes_ - smallest_bytes_ > smallest_bytes_ / 10;
    if (told_ || times_ < times_enough || !differ) return false;
    told_ = true;
    return true;
}

}  // namespace prelabel::llm
