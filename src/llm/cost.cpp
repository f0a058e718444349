#include <prelabel/llm/cost.hpp>

#include <algorithm>
#include <cstdint>

namespace prelabel::llm {
namespace {

constexpr double tokens_per_price = 1'000'000;

double cached_input_per_mtok(const Price& price) { return price.cached_input_per_mtok.value_or(price.input_per_mtok); }

}  // namespace

double cost_usd(const Usage& usage, const Price& price) {
    const std::uint64_t cached = std::min(usage.cached_input_tokens, usage.input_tokens);
    const auto part = [](std::uint64_t tokens, double per_mtok) { return static_cast<double>(tokens) * per_mtok; };
    return (part(usage.input_tokens - cached, price.input_per_mtok) + part(cached, cached_input_per_mtok(price)) +
            part(usage.output_tokens, price.output_per_mtok)) /
           tokens_per_price;
}

bool is_known(const Price& price) {
    return price.input_per_mtok > 0 || cached_input_per_mtok(price) > 0 || price.output_per_mtok > 0;
}

double cost_max_usd(std::size_t body_bytes, std::uint64_t output_tokens_max, const Price& price) {
    return (static_cast<double>(body_bytes) * std::max(price.input_per_mtok, cached_input_per_mtok(price)) +
            static_cast<double>(output_tokens_max) * price.output_per_mtok) /
           tokens_per_price;
}

}  // namespace prelabel::llm
