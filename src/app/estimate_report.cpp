#include "app/estimate_report.hpp"

#include "app/numerals.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace prelabel::app {
namespace {

constexpr const char* price_missing = "unknown: set llm.price (US dollars per million tokens)";

std::string whole_number(double value) { return in_thousands(static_cast<std::uint64_t>(std::llround(value))); }

/// For JSON.
std::string number(double value) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%.10g", value);
    return out.data();
}

/// In the two largest units: `2 h 05 min`.
std::string time_span(double seconds) {
    const auto whole = std::llround(std::ceil(seconds));
    if (whole < 60) return std::to_string(whole) + " s";
    const auto two = [](long long large, const char* unit, long long small, const char* smaller) {
        return std::to_string(large) + unit + (small < 10 ? "0" : "") + std::to_string(small) + smaller;
    };
    if (whole < 3'600) return two(whole / 60, " min ", whole % 60, " s");
    if (whole < 86'400) return two(whole / 3'600, " h ", whole / 60 % 60, " min");
    return two(whole / 86'400, " d ", whole / 3'600 % 24, " h");
}

std::string row(std::string_view name, const std::string& p50, const std::string& p95) {
    std::array<char, 160> out{};
    std::snprintf(out.data(), out.size(), "%-14.*s %16s %16s\n", static_cast<int>(name.size()), name.data(),
                  p50.c_str(), p95.c_str());
    return out.data();
}

std::string row(std::string_view name, const pipeline::Quantiles& value, std::string (*print)(double)) {
    return row(name, print(value.p50), print(value.p95));
}

std::string quantiles(const pipeline::Quantiles& value) {
    return "{\"p50\": " + number(value.p50) + ", \"p95\": " + number(value.p95) + "}";
}

std::string words(pipeline::Bottleneck limit) {
    switch (limit) {
        case pipeline::Bottleneck::requests_per_minute:
            return "llm.limits.requests_per_minute";
        case pipeline::Bottleneck::tokens_per_minute:
            return "llm.limits.tokens_per_minute, which counts llm.max_output_tokens for each request";
        default:
            return "the model's answers, llm.limits.max_in_flight at once";
    }
}

/// Where the numbers come from.
std::string how_it_was_made(const pipeline::JobEstimate& job) {
    const std::string uncounted =
        counted(job.uncounted, "document") + " of the earlier output came without token counts";
    if (job.measured > 0)
        return "Measured on " + counted(job.measured, "document") + " of the earlier output. Nothing was sent.\n" +
               (job.uncounted > 0 ? uncounted + ", and say nothing.\n" : "");
    const std::string guessed =
        "Guessed from the number of bytes, without thoughts of a reasoning model. Nothing was sent.";
    if (job.uncounted > 0) return guessed + '\n' + uncounted + ": there is nothing to measure.\n";
    return guessed +
           " To measure:\n"
           "  prelabel label INPUT --sample 20 -o sample.jsonl && prelabel estimate INPUT --from sample.jsonl\n";
}

}  // namespace

std::string estimate_table(const pipeline::JobEstimate& job) {
    std::string out = row("", "p50", "p95");
    out += row("documents", in_thousands(job.documents), "");
    if (job.unreadable > 0)
        out += row("unreadable", in_thousands(job.unreadable), "") +
               "               (they become dead letters and cost nothing)\n";
    out += row("requests", job.requests, whole_number);
    out += row("input tokens", job.input_tokens, whole_number);
    out += row("output tokens", job.output_tokens, whole_number);
    if (job.cost_usd)
        out += row("cost", *job.cost_usd, dollars_and_cents);
    else
        out += std::string("cost           ") + price_missing + '\n';
    out += row("time", job.seconds, time_span);
    out += "\nTime is set by " + words(job.bottleneck) + ".\n";
    return out + how_it_was_made(job);
}

std::string estimate_json(const pipeline::JobEstimate& job) {
    return "{\"documents\": " + std::to_string(job.documents) + ", \"unreadable\": " + std::to_string(job.unreadable) +
           ", \"measured\": " + std::to_string(job.measured) + ", \"uncounted\": " + std::to_string(job.uncounted) +
           ",\n \"requests\": " + quantiles(job.requests) + ",\n \"input_tokens\": " + quantiles(job.input_tokens) +
           ",\n \"output_tokens\": " + quantiles(job.output_tokens) +
           ",\n \"cost_usd\": " + (job.cost_usd ? quantiles(*job.cost_usd) : "null") +
           ",\n \"seconds\": " + quantiles(job.seconds) + ",\n \"set_by\": \"" +
           std::string(to_string(job.bottleneck)) + "\"}\n";
}

}  // namespace prelabel::app
