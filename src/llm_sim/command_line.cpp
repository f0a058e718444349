#include "llm_sim/command_line.hpp"

#include <prelabel/base/nearest.hpp>
#include <prelabel/base/version.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include <CLI/CLI.hpp>

namespace prelabel::llm_sim {
namespace {

// What must be read from text before it means something.
struct Texts {
    std::string listen = "127.0.0.1:0";
    std::string labeler;
    std::string personality;
    std::uint64_t queue = 0;
    std::string latency_median = "0";
    std::string retry_after = "1s";
    std::string drip_interval = "50ms";
    std::string api_key;
    std::vector<std::string> faults;
    std::uint64_t quota_exhausted_after = 0;
};

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

void wrong(const std::string& option, const std::string& what) { throw CLI::ValidationError(option, what); }

void define(CLI::App& app, Invocation& to, Texts& texts) {
    Settings& settings = to.settings;
    const CLI::Range share(0.0, 1.0);
    app.set_version_flag("--version", "llm-sim " + std::string(program_version));
    app.add_option("--listen", texts.listen, "address and port; port 0 lets the system choose")->capture_default_str();
    app.add_option("--port-file", to.port_file, "write the port to this file");
    app.add_option("--personality", texts.personality,
                   "refuse and reply as another server or model: a name, or list for the table");
    app.add_option("--queue", texts.queue, "503 when so many requests wait; Ollama's personality has 512");
    app.add_option("--seed", settings.seed, "equal seeds give equal answers, faults and latencies")
        ->capture_default_str();
    app.add_option("--labeler", texts.labeler, "lexicon, or gold where --gold knows the text")
        ->check(CLI::IsMember({"lexicon", "gold"}));
    app.add_option("--gold", to.gold_file,
                   "JSONL of {id, text, entities: [{label, start, end}]}, offsets in code points");
    app.add_option("--error-rate", settings.error_rate, "share of mentions that come out wrong")
        ->check(share)
        ->capture_default_str();
    app.add_option("--latency-median", texts.latency_median, "median of a lognormal latency, such as 200ms")
        ->capture_default_str();
    app.add_option("--latency-sigma", settings.latency_sigma, "its spread")
        ->check(CLI::Range(0.0, 4.0))
        ->capture_default_str();
    app.add_option("--requests-per-minute", settings.requests_per_minute, "0: no limit")->capture_default_str();
    app.add_option("--tokens-per-minute", settings.tokens_per_minute, "0: no limit")->capture_default_str();
    app.add_option("--quota-exhausted-after", texts.quota_exhausted_after, "answers until the account is out of money");
    app.add_option("--context-tokens", settings.context_tokens, "context length of the model")->capture_default_str();
    app.add_option("--model", settings.models, "a model that is known (repeatable); none: every name is");
    app.add_option("--api-key", texts.api_key, "refuse requests without this bearer token")->envname("LLM_SIM_API_KEY");
    app.add_option("--fault", texts.faults,
                   "KIND=RATE (repeatable), such as 429=0.05; the kinds are in docs/llm-sim.md");
    app.add_option("--script", to.script_file, "JSONL of planned faults: {match, replies} or {request, replies}");
    app.add_option("--retry-after", texts.retry_after, "what the faults 429 and 503 ask for")->capture_default_str();
    app.add_option("--drip-interval", texts.drip_interval, "pause of the fault drip")->capture_default_str();
}

Settings::FaultRate read_fault(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto kind = from_string<FaultKind>(name);
    if (!kind || *kind == FaultKind::none) {
        const auto close = nearest(name, enum_words<FaultKind>());
        wrong("--fault", "unknown kind \"" + name + "\"" + (close ? "; did you mean \"" + *close + "\"?" : ""));
    }
    const auto rate =
        equals == std::string::npos ? std::nullopt : parse_number(std::string_view(text).substr(equals + 1));
    if (!rate || *rate < 0 || *rate > 1)
        wrong("--fault", "\"" + text + "\": expected KIND=RATE with a rate from 0 to 1");
    return {*kind, *rate};
}

const Personality& read_personality(const std::string& name) {
    if (const Personality* found = find_personality(name)) return *found;
    std::vector<std::string> names;
    for (const Personality& one : personalities()) names.emplace_back(one.name);
    const auto close = nearest(name, names);
    wrong("--personality", "unknown name \"" + name + "\"" + (close ? "; did you mean \"" + *close + "\"?" : "") +
                               "; --personality list shows all");
    return personalities().front();
}

Duration read_duration(const std::string& option, const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) wrong(option, "\"" + text + "\": expected a duration such as 200ms, 1.5s or 2m");
    return *duration;
}

void read_listen(const std::string& listen, Invocation& to) {
    const std::size_t colon = listen.rfind(':');
    const auto port =
        colon == std::string::npos ? std::nullopt : parse_number(std::string_view(listen).substr(colon + 1));
    if (!port || *port < 0 || *port > 65'535 || *port != std::floor(*port) || colon == 0)
        wrong("--listen", "\"" + listen + "\": expected ADDRESS:PORT, such as 127.0.0.1:8089");
    to.address = listen.substr(0, colon);
    if (to.address.starts_with('[') && to.address.ends_with(']'))
        to.address = to.address.substr(1, to.address.size() - 2);
    to.port = static_cast<std::uint16_t>(*port);
}

void interpret(const CLI::App& app, const Texts& texts, Invocation& to) {
    Settings& settings = to.settings;
    read_listen(texts.listen, to);
    settings.latency_median = read_duration("--latency-median", texts.latency_median);
    settings.retry_after = read_duration("--retry-after", texts.retry_after);
    settings.drip_interval = read_duration("--drip-interval", texts.drip_interval);
    settings.api_key = Secret(texts.api_key);
    if (app.count("--personality") > 0) settings.personality = &read_personality(texts.personality);
    if (app.count("--queue") > 0) settings.queue = texts.queue;
    if (app.count("--quota-exhausted-after") > 0) settings.quota_exhausted_after = texts.quota_exhausted_after;
    double all = 0;
    for (const std::string& text : texts.faults) all += settings.faults.emplace_back(read_fault(text)).rate;
    if (all > 1 + 1e-9) wrong("--fault", "the rates add up to more than 1");
    if (texts.labeler == "gold" && to.gold_file.empty()) wrong("--labeler", "gold needs --gold FILE");
    if (texts.labeler == "lexicon") to.gold_file.clear();
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = parse_number(text.substr(0, digits));
    if (!number) return std::nullopt;
    const std::string_view unit = text.substr(digits);
    double seconds = 0;
    if (unit == "ms") {
        seconds = *number / 1e3;
    } else if (unit == "us") {
        seconds = *number / 1e6;
    } else if (unit == "s" || (unit.empty() && *number == 0)) {
        seconds = *number;
    } else if (unit == "m") {
        seconds = *number * 60;
    } else {
        return std::nullopt;
    }
    if (seconds > 86'400) return std::nullopt;
    return std::chrono::round<Duration>(std::chrono::duration<double>(seconds));
}

std::variant<Invocation, EarlyExit> read_command_line(std::vector<std::string> arguments) {
    Invocation invocation;
    Texts texts;
    CLI::App app("A simulated OpenAI-compatible provider, for trying, testing and benchmarking without a key.",
                 "llm-sim");
    define(app, invocation, texts);
    try {
        std::ranges::reverse(arguments);  // as CLI11 wants them
        app.parse(std::move(arguments));
        if (texts.personality == "list") return EarlyExit{0, personality_table()};
        interpret(app, texts, invocation);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        if (app.exit(error, out, err) == 0) return EarlyExit{0, out.str()};
        return EarlyExit{2, err.str()};
    }
    return invocation;
}

}  // namespace prelabel::llm_sim
