#include <prelabel/llm/cost.hpp>

#include <algorithm>
#include <cstdint>

namespace prelabel::llm {

double cost_usd(const Usage& usage, const Price& price) {
    constexpr double tokens_per_price = 1'000'000;
    const std::uint64_t cached = std::min(usage.cached_input_tokens, usage.input_tokens);
    const auto part = [](std::uint64_t tokens, double per_mtok) { return static_cast<double>(tokens) * per_mtok; };
    return (part(usage.input_tokens - cached, price.input_per_mtok) + part(cached, price.cached_input_per_mtok) +
            part(usage.output_tokens, price.output_per_mtok)) /
           tokens_per_price;
}

}  // namespace prelabel::llm
