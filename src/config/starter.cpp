#include <prelabel/base/ascii.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/config/starter.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace prelabel::config {
namespace {

struct Known {
    std::string_view label;
    std::string_view description;
};

/// What these names usually stand for: a beginning that its owner corrects.
constexpr std::array<Known, 14> known_labels{{
    {"PER", "people by name"},
    {"PERSON", "people by name"},
    {"ORG", "companies, agencies, institutions, teams"},
    {"LOC", "places: countries, towns, streets, rivers, mountains"},
    {"GPE", "countries, states, towns"},
    {"DATE", "dates and periods, absolute or relative"},
    {"TIME", "times of day"},
    {"MONEY", "amounts of money with their currency"},
    {"PRODUCT", "products by name, with their version"},
    {"EVENT", "events by name"},
    {"EMAIL", "e-mail addresses"},
    {"PHONE", "telephone numbers"},
    {"ADDRESS", "postal addresses"},
    {"MISC", "other names"},
}};

std::string_view description_of(const std::string& label) {
    const auto known = std::ranges::find(known_labels, label, &Known::label);
    return known == known_labels.end() ? "" : known->description;
}

/// Plain where YAML cannot take it for anything else, in quotes otherwise.
std::string scalar(const std::string& text) {
    constexpr std::array<std::string_view, 9> other_meaning{"true", "false", "yes", "no", "on",
                                                            "off",  "null",  "y",   "n"};
    const std::string lower = lowered(text);
    const bool plain =
        !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
        std::ranges::all_of(
            text,
            [](unsigned char c) { return (c < 0x80 && std::isalnum(c) != 0) || c == '_' || c == '-' || c == '.'; }) &&
        std::ranges::find(other_meaning, lower) == other_meaning.end();
    return plain ? text : json_string(text);
}

/// In a configuration, where `$` begins a variable.
std::string config_scalar(const std::string& text) {
    std::string doubled;
    for (const char c : text) doubled.append(c == '$' ? 2 : 1, c);
    return scalar(doubled);
}

/// The line, with its comment at a column where it can be read beside others.
std::string commented(std::string line, const std::string& comment) {
    constexpr std::size_t column = 40;
    line.resize(std::max(column, line.size() + 1), ' ');
    return line + "# " + comment + '\n';
}

std::string host_of(const std::string& base_url) {
    std::string_view rest = base_url;
    if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
    if (rest.starts_with('[')) return std::string(rest.substr(0, rest.find(']') + 1));
    return std::string(rest.substr(0, rest.find_first_of(":/")));
}

}  // namespace

std::string starter_task(const Starter& starter) {
    std::string out =
        "# What is labeled. The model reads the instructions, the labels with their descriptions, and the examples.\n";
    out += "name: " + scalar(starter.name) + '\n';
    out += commented("kind: " + std::string(to_string(starter.kind)), "finds mentions of entities in the text");
    out += "instructions: |\n  Label every mention, each time it stands in the text.\nlabels:\n";
    for (const auto& label : starter.labels) {
        const auto known = description_of(label);
        out += "  - name: " + scalar(label) + '\n';
        out += commented("    description: " + (known.empty() ? "\"\"" : json_string(std::string(known))),
                         "what counts, and what does not");
    }
    const std::string first = starter.labels.empty() ? "LABEL" : scalar(starter.labels.front());
    return out +
           "# Examples teach more than rules. An entity's text stands in the text word for word.\n"
           "# examples:\n"
           "#   - text: \"Ada Lovelace called again.\"\n"
           "#     entities: [{label: " +
           first +
           ", text: Ada Lovelace}]\n"
           "#   - text: \"Nothing to label here.\"\n"
           "#     entities: []\n";
}

std::string starter_config(const Starter& starter, const std::string& task_file) {
    std::string out = "# Who labels what: the task, the documents, the model. `prelabel check` says what is wrong.\n";
    out += "task: " + config_scalar(task_file) + '\n';
    if (!starter.text.empty()) {
        out += "input:\n";
        out += commented("  text: " + config_scalar(starter.text), "the field (in CSV: the column) with the text");
        if (!starter.id.empty()) out += commented("  id: " + config_scalar(starter.id), "and with the document's id");
    }
    out += "llm:\n";
    out +=
        commented("  base_url: " + config_scalar(starter.base_url), "any OpenAI-compatible server, up to and with /v1");
    out += "  model: " + config_scalar(starter.model) + '\n';
    const std::string key = "  api_key: {env: OPENAI_API_KEY}";
    out += commented(wants_key(starter) ? key : "  # " + key.substr(2),
                     "the variable that holds the key; or {file: PATH}");
    out += commented("  max_output_tokens: 512", "the longest answer; providers count it, used or not");
    out += "  limits:\n";
    out += commented("    max_in_flight: 16", "calls at once");
    out += commented("    # requests_per_minute: 500", "your account's; without them they are found out");
    out += "    # tokens_per_minute: 200000\n";
    return out +
           "  # In US dollars per million tokens, from your provider's price list. Without it cost is unknown, and\n"
           "  # --max-cost is refused:\n"
           "  # price: {input_per_mtok: 0, output_per_mtok: 0}\n";
}

bool wants_key(const Starter& starter) {
    const std::string host = host_of(starter.base_url);
    return host != "localhost" && host != "127.0.0.1" && host != "[::1]" && !host.ends_with(".localhost");
}

}  // namespace prelabel::config
