#pragma once

#include "sim_clock.hpp"
#include "sim_ports.hpp"

#include <prelabel/base/rng.hpp>
#include <prelabel/labeling/task.hpp>
#include <prelabel/llm/openai_codec.hpp>
#include <prelabel/pipeline/model.hpp>
#include <prelabel/pipeline/settings.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace prelabel::sim {

/// How a document ends if the world allows it.
enum class Fate { labeled, malformed, refused, garbage, too_long, poison };

struct SimDocument {
    std::string text;  // holds "doc#<number>#"
    std::vector<labeling::Mention> mentions;
    Fate fate = Fate::labeled;
};

/// What the provider does to everybody during a time.
enum class Weather { fair, down, no_money, busy };

/// The provider: shared by all workers. Counts what was paid, and notes every rule of good behaviour that a caller
/// broke.
class SimProvider {
public:
    SimProvider(std::vector<SimDocument> of, const Faults& with, std::uint64_t seed)
        : documents(std::move(of)), faults(with), rng(seed) {}

    std::vector<SimDocument> documents;
    const Faults& faults;
    Rng rng;
    Weather weather = Weather::fair;
    std::map<std::size_t, std::size_t> paid;     // by document: answers produced
    std::map<std::size_t, std::size_t> spoiled;  // by document: answers produced that could not be used or were lost
    std::uint64_t calls = 0;
    std::vector<std::string> violations;
};

/// One worker's way to the provider, with the provider's limits for it.
class SimModel final : public pipeline::Model {
public:
    SimModel(SimProvider& provider, SimClock& clock, const Member& member, llm::OpenAiCodec codec,
             pipeline::Limits limits);

    [[nodiscard]] Task<llm::CallOutcome> call(pipeline::Body body, TimePoint deadline) override;
    void abort() override;

private:
    struct Reply {
        int status = 0;  // 0: the connection breaks
        std::string body;
        std::string retry_after;
    };
    struct UnderWay {
        pipeline::Timer timer;
        pipeline::Signal<bool> over;  // false: aborted
        UnderWay() : timer([this] { over.set(true); }) {}
    };

    void watch(TimePoint now);
    [[nodiscard]] Reply reply_to(const std::string& body, bool& silent);
    [[nodiscard]] std::string answer(std::size_t number, bool reask);
    [[nodiscard]] Reply failure(std::size_t kind, bool& silent);

    SimProvider& provider_;
    SimClock& clock_;
    const Member& member_;
    llm::OpenAiCodec codec_;
    pipeline::Limits limits_;
    std::deque<TimePoint> last_minute_;
    std::size_t in_flight_ = 0;
    TimePoint not_before_{};
    TimePoint told_at_{};
    std::map<std::size_t, TimePoint> asked_to_wait_;  // by document
    bool aborted_ = false;
    std::list<UnderWay*> under_way_;
};

}  // namespace prelabel::sim
