#include "app/label_tally.hpp"

#include "app/numerals.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace prelabel::app {
namespace {

constexpr std::size_t named_max = 12;

/// To two digits: an estimate promises no more.
std::uint64_t roughly(double number) {
    const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(std::max(number, 1.0))) - 1));
    return static_cast<std::uint64_t>(std::round(number / unit) * unit);
}

/// "PER 120, ORG 33", the most frequent first.
std::string by_frequency(const std::map<std::string, std::uint64_t>& counts, bool name_first) {
    std::vector<std::pair<std::string, std::uint64_t>> sorted;
    for (const auto& [name, count] : counts)
        if (count > 0) sorted.emplace_back(name, count);
    std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string out;
    for (std::size_t i = 0; i < std::min(sorted.size(), named_max); ++i) {
        const auto& [name, count] = sorted[i];
        const auto number = in_thousands(count);
        out += (out.empty() ? "" : ", ") + (name_first ? name + ' ' + number : number + ' ' + name);
    }
    if (sorted.size() > named_max) out += ", and " + counted(sorted.size() - named_max, "more label");
    return out;
}

std::string tokens(const LabelTally& tally) {
    const llm::Usage& usage = tally.usage;
    if (usage.input_tokens == 0 && usage.output_tokens == 0)
        return tally.requests == 0 ? "none: nothing was asked" : "the server states none";
    const std::string cached =
        usage.cached_input_tokens > 0 ? " (" + in_thousands(usage.cached_input_tokens) + " cached)" : "";
    return (usage.uncounted > 0 ? "at least " : "") + in_thousands(usage.input_tokens) + " in" + cached + ", " +
           in_thousands(usage.output_tokens) + " out";
}

/// "3 of 151 answers came without token counts"
std::string uncounted(const llm::Usage& usage) {
    return in_thousands(usage.uncounted) + " of " + counted(usage.requests, "answer") + " came without token counts";
}

std::string cost(const LabelTally& tally) {
    const llm::Usage& usage = tally.usage;
    if (!tally.priced) return "unknown: llm.price is not set";
    if (usage.uncounted > 0) return dollars_at_least(usage.cost_usd) + ": " + uncounted(usage);
    return dollars(usage.cost_usd);
}

/// "132: 68 answered, 64 failed and were tried again (40 throttled, 24 overloaded)"; of a run without trouble: "68".
std::string requests(const LabelTally& tally) {
    std::string out = in_thousands(tally.requests);
    std::map<std::string, std::uint64_t> failures;
    std::uint64_t failed = 0;
    for (const auto reply : enum_values<llm::ReplyClass>) {
        if (reply == llm::ReplyClass::answered || tally.calls[reply] == 0) continue;
        failures[std::string(to_string(reply))] = tally.calls[reply];
        failed += tally.calls[reply];
    }
    const std::uint64_t answered = tally.calls[llm::ReplyClass::answered];
    const std::uint64_t ended = answered + failed;
    const std::uint64_t broken_off = tally.requests - std::min(tally.requests, ended);
    if (failed == 0 && broken_off == 0) return out;
    out += ": " + in_thousands(answered) + " answered";
    if (failed > 0) {
        out += ", " + in_thousands(failed) + " failed";
        if (tally.tried_again >= failed) {
            out += failed == 1 ? " and was tried again" : " and were tried again";
        } else if (tally.tried_again > 0) {
            out += ", of which " + in_thousands(tally.tried_again) + " were tried again";
        }
        out += " (" + by_frequency(failures, false) + ')';
    }
    if (broken_off > 0) out += ", " + in_thousands(broken_off) + " broken off";
    return out;
}

/// " of 172 documents"; nothing where their number is unknown, or about others.
std::string out_of(const LabelTally& tally, bool named) {
    if (!tally.documents || *tally.documents < tally.labeled_in_all()) return {};
    const std::string number = named ? counted(*tally.documents, "document") : in_thousands(*tally.documents);
    return std::string(" of ") + (tally.about ? "about " : "") + number;
}

std::string labeled(const LabelTally& tally) {
    const std::string of = out_of(tally, true);
    std::string out =
        of.empty() ? counted(tally.labeled_in_all(), "document") : in_thousands(tally.labeled_in_all()) + of;
    if (tally.labeled_before > 0)
        out += ", " + (tally.labeled > 0 ? in_thousands(tally.labeled_before) : "all") + " of them by earlier runs";
    if (!tally.goes_on() && tally.partial > 0) out += ", " + in_thousands(tally.partial) + " of them partial";
    return out;
}

/// Beside what earlier runs left.
std::string this_run(const LabelTally& tally) {
    if (tally.to_do == 0U) return "nothing was left to do";
    std::string out = tally.to_do ? in_thousands(tally.labeled) + " of " + counted(*tally.to_do, "document")
                                  : counted(tally.labeled, "document");
    out += " labeled";
    if (tally.partial > 0) out += ", " + in_thousands(tally.partial) + " of them partial";
    if (tally.dead > 0) out += ", " + counted(tally.dead, "dead letter");
    return out;
}

std::string time(const LabelTally& tally) {
    const double seconds = std::chrono::duration<double>(tally.took).count();
    const std::uint64_t ended = tally.labeled + tally.dead;
    if (ended == 0) return clock_time(seconds);
    const double rate = static_cast<double>(ended) / std::max(seconds, 1e-3);
    return clock_time(seconds) + ", " + documents_per_time(rate) + " on average" +
           (tally.dead > 0 ? ", dead letters included" : "");
}

}  // namespace

std::uint64_t LabelTally::dead_letters_total() const {
    std::uint64_t total = 0;
    for (const auto& [name, count] : dead_letters) total += count;
    return total;
}

void count(const pipeline::Stats& stats, const files::ReadProgress& read, LabelTally& tally) {
    tally.labeled = stats.documents_complete + stats.documents_partial;
    tally.partial = stats.documents_partial;
    for (const auto dead : stats.dead_letters) tally.dead += dead;
    tally.skipped = read.skipped;
    if (read.ended) tally.to_do = read.records;
    const auto seen = static_cast<double>(read.records + read.skipped);
    if (read.wanted > 0 && tally.labeled_before > 0) {
        // Earlier runs may have chosen others: what they labeled is not of this choice.
    } else if (read.ended) {
        tally.documents = read.records + read.skipped;
    } else if (read.wanted > 0) {
        tally.documents = read.wanted;
    } else if (read.bytes_total > 0 && read.bytes_read > 0 && seen > 0) {
        const double all = seen * static_cast<double>(read.bytes_total) / static_cast<double>(read.bytes_read);
        tally.documents = std::max(roughly(all), read.records + read.skipped);
        tally.about = true;
    }
    for (const auto reason : enum_values<pipeline::DeadLetterClass>)
        if (stats.dead_letters[reason] > 0)
            tally.dead_letters[std::string(to_string(reason))] += stats.dead_letters[reason];
    for (const auto& [label, matches] : stats.entities)
        for (const auto found : matches) tally.entities[label] += found;
    tally.usage = stats.usage;
    tally.requests = stats.calls_started;
    tally.calls = stats.calls;
    tally.tried_again = stats.retries + stats.shape_refusals;
    tally.reasks = stats.reasks;
}

std::string standing(const LabelTally& tally) {
    std::string out = in_thousands(tally.labeled_in_all()) + out_of(tally, false) + " labeled";
    const auto dead = tally.dead_letters_total();
    if (dead > 0) out += ", " + counted(dead, "dead letter");
    return out;
}

std::string spent_up(double usd_max, const llm::Usage& usage) {
    const std::string before = "stopped before --max-cost " + dollars_and_cents(usd_max) + ": ";
    if (usage.uncounted == 0)
        return before + dollars_and_cents(usage.cost_usd) + " are spent, and the next call could cost too much";
    return before + uncounted(usage) + " and are taken for the most that they can cost, and the next call could cost " +
           "too much";
}

std::string summary(const LabelTally& tally) {
    std::string out;
    const auto line = [&out](std::string_view name, const std::string& what) {
        constexpr std::size_t column = 14;
        out += std::string(name) + std::string(column - name.size(), ' ') + what + '\n';
    };
    const auto output_line = [&] { line("output", tally.output == "-" ? "standard output" : tally.output); };
    line("labeled", labeled(tally));
    const auto dead = tally.dead_letters_total();
    if (dead > 0)
        line("dead letters",
             in_thousands(dead) + " in " + tally.dead_letters_at + ": " + by_frequency(tally.dead_letters, false));
    if (tally.goes_on()) {
        output_line();
        line("this run", this_run(tally));
        if (tally.to_do == 0U) return out;
    }
    if (!tally.entities.empty()) {
        const auto found = by_frequency(tally.entities, true);
        line("entities", found.empty() ? "none" : found);
    }
    line("tokens", tokens(tally));
    if (tally.requests > 0) line("requests", requests(tally));
    if (tally.reasks > 0) line("asked again", counted(tally.reasks, "time") + ": the answer before could not be used");
    line("cost", cost(tally));
    line("time", time(tally));
    if (!tally.goes_on()) output_line();
    return out;
}

}  // namespace prelabel::app
