#pragma once

#include "faults.hpp"
#include "happened.hpp"
#include "sim_account.hpp"
#include "sim_document.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/llm/usage.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace prelabel::sim {

/// What the provider does to everybody during a time.
enum class Weather { fair, down, silent, no_money, busy, bad_request, forbidden, no_model, unreadable };

/// What comes back over the wire. A silent provider sends nothing; status 0: the connection breaks.
struct SimReply {
    int status = 0;
    std::string body;
    std::string retry_after;
    bool silent = false;
    bool for_everybody = false;  // a Retry-After that the whole account was told
    bool paid = false;
    bool served = false;            // counts as a call in flight until the account is told that it ended
    std::string refused_part = {};  // of the request's shape, which is every document's
    llm::Usage charged = {};        // whether the body says so or not
};

/// The provider: shared by all workers. Counts what was paid.
class SimProvider {
public:
    SimProvider(std::vector<SimDocument> of, const Faults& with, AccountLimits limits, Happened& happened,
                std::uint64_t seed)
        : documents(std::move(of)),
          account(limits),
          faults_(with),
          happened_(happened),
          rng_(seed),
          bill_rng_(seed + 7) {}

    /// A request for a document arrives. `tokens`: what the account counts, the prompt's and the most for the answer.
    [[nodiscard]] SimReply reply_to(std::size_t number, const std::string& body, std::uint64_t prompt_tokens,
                                    std::uint64_t tokens, TimePoint now);
    [[nodiscard]] Duration latency();

    std::vector<SimDocument> documents;
    std::vector<std::string> refused_parts;
    SimAccount account;
    Weather weather = Weather::fair;
    std::map<std::size_t, std::size_t> paid;     // by document: answers produced
    std::map<std::size_t, std::size_t> spoiled;  // by document: answers produced that could not be used or were lost

private:
    [[nodiscard]] SimReply serve(const SimDocument& document, const std::string& body, std::uint64_t prompt_tokens);
    [[nodiscard]] std::optional<SimReply> shape_reply(const std::string& body);
    [[nodiscard]] std::optional<SimReply> weather_reply();
    [[nodiscard]] static std::optional<SimReply> fated_reply(Fate fate);
    [[nodiscard]] SimReply failure(std::uint64_t prompt_tokens);
    [[nodiscard]] SimReply in_vain(std::uint64_t prompt_tokens);
    [[nodiscard]] llm::Usage charge(std::uint64_t prompt_tokens);
    [[nodiscard]] SimReply answer(const SimDocument& document, std::uint64_t prompt_tokens);
    void spoil(std::string& content, std::string& finish);

    const Faults& faults_;
    Happened& happened_;
    Rng rng_;
    Rng bill_rng_;  // its own: what else happens does not depend on it
    std::uint64_t answers_ = 0;
};

}  // namespace prelabel::sim
