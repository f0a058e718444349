// What must hold when everything has ended.
#include "world.hpp"

#include <prelabel/base/utf8.hpp>

#include <rapidjson/document.h>

namespace prelabel::sim {
namespace {

std::string header(const pipeline::Output& output, std::string_view name) {
    for (const auto& header : output.headers) {
        if (header.name == name) return header.value;
    }
    return {};
}

}  // namespace

std::string World::broken_at_the_end() const {
    if (!broker_.everything_published_and_committed())
        return "the workers ended before everything was published and committed";
    for (const auto& output : broker_.outputs()) {
        if (auto problem = judge(output); !problem.empty()) return problem;
    }
    // A last commit that failed is repeated by the next owner: at least once is the promise.
    bool abandoned = scenario_.faults.commit_fails > 0 && scenario_.rebalances;
    for (const auto& process : processes_) abandoned |= process.worker->stats().documents_abandoned > 0;
    if (!scenario_.crashes && !abandoned && broker_.outputs().size() != broker_.records())
        return "a document was published twice though nobody crashed";
    if (!scenario_.crashes && !abandoned && scenario_.workers == 1 && !scenario_.rebalances) {
        for (const auto& [number, times] : provider_->paid) {
            const auto spoiled = provider_->spoiled.find(number);
            const std::size_t reasons = spoiled == provider_->spoiled.end() ? 0 : spoiled->second;
            const bool garbage = provider_->documents[number].fate == Fate::garbage;
            if (times > 1 + reasons + (garbage ? scenario_.settings.retry.max_reasks : 0U))
                return "document " + std::to_string(number) + " was paid " + std::to_string(times) + " times";
        }
    }
    return {};
}

std::string World::judge(const pipeline::Output& output) const {
    const auto number = std::stoul(header(output, "trace"));
    const auto& document = provider_->documents[number];
    const std::string name = "document " + std::to_string(number) + ": ";
    if (output.kind == pipeline::OutputKind::dead_letter) {
        const std::string reason = header(output, "prelabel.error.class");
        const bool harsh = scenario_.faults.call_fails > 0 || scenario_.weather;
        const bool legitimate = (document.fate == Fate::malformed && reason == "malformed_input") ||
                                (document.fate == Fate::refused && reason == "refused") ||
                                (document.fate == Fate::garbage && reason == "invalid_answer") ||
                                (document.fate == Fate::too_long && reason == "context_length") ||
                                (document.fate == Fate::poison && reason == "deadline") ||
                                (harsh && reason == "deadline") ||
                                (scenario_.faults.answer_bad > 0 && reason == "invalid_answer");
        return legitimate ? std::string() : name + "dead-lettered as " + reason + " without cause";
    }
    if (document.fate != Fate::labeled) return name + "published though it cannot be labeled";
    rapidjson::Document json;
    json.Parse(output.value.data(), output.value.size());
    if (json.HasParseError()) return name + "the output is not JSON";
    if (json["text"].GetString() != document.text) return name + "published with another text";
    for (const auto& entity : json["entities"].GetArray()) {
        const std::string text = entity["text"].GetString();
        const std::size_t start = entity["start_utf8"].GetUint();
        const std::size_t end = entity["end_utf8"].GetUint();
        if (start >= end || end > document.text.size() || document.text.substr(start, end - start) != text)
            return name + "a span is not true";
        if (utf8::count_code_points(std::string_view(document.text).substr(0, start)) != entity["start"].GetUint())
            return name + "a span is not true in code points";
    }
    const bool complete = std::string_view(json["status"].GetString()) == "complete";
    if (complete && json["entities"].Size() != document.mentions.size())
        return name + "complete, but an entity is missing";
    return {};
}

Happened World::happened() const {
    Happened sum;
    sum.kills = kills_;
    sum.pauses = pauses_;
    sum.resumes = resumes_;
    sum.published_again = broker_.outputs().size() - broker_.records();
    for (const auto& process : processes_) {
        const auto& stats = process.worker->stats();
        sum.revocations += stats.revocations;
        sum.abandoned += stats.documents_abandoned;
        sum.retries += stats.retries;
        sum.reasks += stats.reasks;
        sum.shared_calls += stats.cache_lookups[static_cast<std::size_t>(labeling::CacheTier::inflight)];
        sum.cache_hits += stats.cache_lookups[static_cast<std::size_t>(labeling::CacheTier::memory)];
        sum.write_failures += stats.write_failures;
        sum.commit_failures += stats.commit_failures;
        sum.partial += stats.documents_partial;
        for (std::size_t i = 0; i < sum.dead_letters.size(); ++i) sum.dead_letters[i] += stats.dead_letters[i];
    }
    return sum;
}

Happened& Happened::operator+=(const Happened& other) {
    kills += other.kills;
    revocations += other.revocations;
    abandoned += other.abandoned;
    published_again += other.published_again;
    pauses += other.pauses;
    resumes += other.resumes;
    retries += other.retries;
    reasks += other.reasks;
    shared_calls += other.shared_calls;
    cache_hits += other.cache_hits;
    write_failures += other.write_failures;
    commit_failures += other.commit_failures;
    partial += other.partial;
    for (std::size_t i = 0; i < dead_letters.size(); ++i) dead_letters[i] += other.dead_letters[i];
    return *this;
}

}  // namespace prelabel::sim
