#pragma once

#include "faults.hpp"
#include "sim_account.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/llm/settings.hpp>
#include <prelabel/pipeline/settings.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prelabel::sim {

enum class Theme {
    mixed,     // anything, at the seed's whim
    outage,    // only the endpoint is at fault, now and then: no document may suffer
    steady,    // the configured quota binds and nothing else happens but a few 503s: it has to be used
    overload,  // no limits configured, and a provider that has some: found out, at nobody's cost
    finite,    // files: the input ends, and so does the run
};

/// What is decided by the seed before anything runs.
struct Scenario {
    explicit Scenario(std::uint64_t with_seed);

    std::uint64_t seed;
    Theme theme = Theme::mixed;
    int partitions = 1;
    int workers = 1;
    int documents = 0;
    double fated = 0.1;  // share of documents that cannot be labeled
    Faults faults;
    AccountLimits account;
    pipeline::Settings settings;
    llm::Price price{.input_per_mtok = 1, .output_per_mtok = 2};
    std::vector<std::string> refused_parts;  // of every request, as the model has it: no document may suffer for one
    bool crashes = false;                    // workers are killed, expelled and replaced
    bool losses = false;                     // workers are expelled and live on
    bool rebalances = false;                 // workers come and go in good order
    bool weather = false;                    // the provider has bad times
    bool truncations = false;                // partitions begin again with lower offsets
    bool cuts = false;                       // retention takes records that nobody has read
    bool stalls = false;                     // producers take nothing for a while
    int events = 0;                          // how often one of these happens

    /// A record may be read and published again for another reason than a fault of the pipeline.
    [[nodiscard]] bool repeats() const {
        return crashes || losses || truncations || cuts || faults.write_unheard > 0 || faults.write_late > 0;
    }

private:
    void draw_refused_parts();
    void draw_bill();
    void draw_retention();
    void mixed(Rng& rng);
    void outage(Rng& rng);
    void steady(Rng& rng);
    void overload(Rng& rng);
    void finite(Rng& rng);
};

}  // namespace prelabel::sim
