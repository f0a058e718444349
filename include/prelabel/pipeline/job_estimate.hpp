#pragma once

#include <prelabel/base/enum_names.hpp>
#include <prelabel/llm/settings.hpp>
#include <prelabel/llm/usage.hpp>
#include <prelabel/pipeline/settings.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prelabel::pipeline {

/// A number that is not known yet: as likely above `p50` as below it, and above `p95` once in twenty times.
struct Quantiles {
    double p50 = 0;
    double p95 = 0;

    friend Quantiles operator+(const Quantiles& a, const Quantiles& b) { return {a.p50 + b.p50, a.p95 + b.p95}; }
};

/// How much of a text a tokenizer has to do with.
struct TextSize {
    std::uint64_t ascii = 0;   ///< bytes
    std::uint64_t others = 0;  ///< code points
    std::uint64_t bytes = 0;

    [[nodiscard]] static TextSize of(std::string_view text);
};

/// A total that grows with another one, from pairs that were measured: the ratio of the sums, with the error that it
/// has for so many more. Source: the ratio estimator, Cochran, Sampling Techniques (1977).
class MeasuredRatio {
public:
    void observe(double base, double found);
    [[nodiscard]] bool empty() const { return pairs_ == 0; }
    /// What is found over `base` in all.
    [[nodiscard]] Quantiles total(double base) const;

private:
    double pairs_ = 0;
    double base_ = 0;
    double found_ = 0;
    double base_squares_ = 0;
    double found_squares_ = 0;
    double products_ = 0;
};

/// Which limit a job waits for.
enum class Bottleneck { requests_per_minute, tokens_per_minute, max_in_flight };
constexpr auto enum_names(Bottleneck) {
    return std::to_array<EnumName<Bottleneck>>({
        {Bottleneck::requests_per_minute, "requests_per_minute"},
        {Bottleneck::tokens_per_minute, "tokens_per_minute"},
        {Bottleneck::max_in_flight, "max_in_flight"},
    });
}

struct JobEstimate {
    std::uint64_t documents = 0;
    std::uint64_t unreadable = 0;  ///< records without a document: they cost nothing
    std::uint64_t measured = 0;    ///< documents of the earlier output that the numbers come from; 0: they are guessed
    std::uint64_t uncounted = 0;   ///< others of it, for which the server counted no tokens
    Quantiles requests;
    Quantiles input_tokens;
    Quantiles output_tokens;
    std::optional<Quantiles> cost_usd;  ///< none: the price is not known
    Quantiles seconds;
    Bottleneck bottleneck = Bottleneck::max_in_flight;
};

/// What a job will take, before anybody is called. Method, without an earlier output:
///
///   input tokens   of the request's bytes: ASCII a quarter of a token each (p95: a third), any other character 0.75
///                  (p95: 1.3). A wrong guess is wrong for all documents alike, so p95 adds up.
///   output tokens  10 for each answer, and 14 for each entity: one in 150 bytes of text (p95: 16, one in 60), at most
///                  the output limit. A reasoning model's thoughts are not known.
///   requests       2 % more than documents (p95: 10 %) for answers that cannot be used and are asked for again; each
///                  one sends and answers all of it once more
///   cost           no input is taken to be cached
///
/// With an earlier output of the same task all three, and the share of cached input, are as measured there: ratios to
/// the bytes of requests and of texts, with the error of so many measurements.
///   time           the slowest of: requests and reserved tokens (input, and the output limit of each) under the limits
///                  a minute; and requests at a latency of 0.5 s and 60 tokens/s (p95: 1 s, 20 tokens/s), so many at
///                  once
///
/// Bound: a few numbers, whatever the number of documents.
class JobEstimator {
public:
    struct Terms {
        Limits limits;
        llm::Price price;
        std::uint64_t output_tokens_max = 0;
    };

    explicit JobEstimator(const Terms& terms) : terms_(terms) {}

    /// What an earlier run used for a document: `usage` over all its requests, each of about `body`.
    void measured(const TextSize& text, const TextSize& body, const llm::Usage& usage);
    /// A document that will be labeled.
    void add(const TextSize& text, const TextSize& body);
    void add_unreadable() { ++unreadable_; }

    [[nodiscard]] JobEstimate estimate() const;

private:
    void estimate_tokens(JobEstimate& job) const;
    void estimate_time(JobEstimate& job) const;

    Terms terms_;
    std::uint64_t documents_ = 0;
    std::uint64_t unreadable_ = 0;
    double text_bytes_ = 0;
    double body_bytes_ = 0;
    Quantiles input_guess_;
    Quantiles output_guess_;
    std::uint64_t measured_ = 0;
    std::uint64_t uncounted_ = 0;
    MeasuredRatio requests_;  // to documents
    MeasuredRatio input_;     // tokens of one request to its bytes
    MeasuredRatio output_;    // tokens of one answer to the text's bytes
    double input_tokens_ = 0;
    double cached_tokens_ = 0;
};

}  // namespace prelabel::pipeline
