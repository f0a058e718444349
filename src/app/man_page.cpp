#include "app/man_page.hpp"

#include "app/exit_code.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/base/version.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>
#include <string_view>
#include <utility>

namespace prelabel::app {
namespace {

/// Of the release. Every manual page has one, and the day of the build would make each build another.
constexpr const char* date = "2026-11-30";

struct Entry {
    const char* name;
    const char* text;
};

constexpr auto variables = std::to_array<Entry>({
    {"PRELABEL_CONFIG", "The configuration, where -c names none."},
    {"HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "The way to the model server, unless llm.proxy says it."},
    {"SSL_CERT_FILE, SSL_CERT_DIR", "Certificate authorities that are trusted, unless llm.ca_file names them."},
    {"NO_COLOR", "No colours on the terminal, if it is set."},
});

constexpr auto files = std::to_array<Entry>({
    {"./prelabel.yaml", "The configuration, where neither -c nor PRELABEL_CONFIG names one."},
    {"OUTPUT.prelabel.json", "What label --resume remembers of a run, beside its output."},
    {"OUTPUT.dead_letters.jsonl", "Documents that label could not label, beside its output (without .jsonl)."},
});

constexpr char32_t ellipsis = U'…';
constexpr std::size_t line_max = 80;  // of the page's own text; mandoc asks for it

/// A word that the formatter takes as it is.
std::string plain(std::string_view word) {
    std::string out;
    for (std::size_t at = 0; at < word.size();) {
        const auto character = utf8::decode(word, at);
        if (word[at] == '\\') {
            out += "\\e";
        } else if (word[at] == '-') {
            out += "\\-";
        } else if (character.code_point == ellipsis) {
            out += "...";  // which every terminal has
        } else if (character.bytes > 1) {
            std::array<char, 16> escape{};
            std::snprintf(escape.data(), escape.size(), "\\[u%04X]", static_cast<unsigned>(character.code_point));
            out += escape.data();
        } else {
            out += word[at];
        }
        at += character.bytes;
    }
    return out;
}

/// A line that is no request, whatever it begins with.
std::string line(const std::string& text) { return (text.find_first_of(".'") == 0 ? "\\&" : "") + text + "\n"; }

/// The words of a text, in lines.
std::string paragraph(const std::string& text) {
    std::istringstream words(text);
    std::string out, begun;
    for (std::string word; words >> word;) {
        word = plain(word);
        if (!begun.empty() && begun.size() + word.size() + 3 > line_max) out += line(std::exchange(begun, ""));
        begun += (begun.empty() ? "" : " ") + word;
    }
    return out + line(begun);
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string entry(const std::string& term, const std::string& text) { return ".TP\n" + term + "\n" + paragraph(text); }

/// `-o FILE, --output=FILE`
std::string term(const CommandWord& word) {
    const std::string value = word.choices.empty() ? italic(word.value) : plain(word.value_words("|"));
    std::string out;
    for (const auto& name : word.names) {
        out += (out.empty() ? "" : ", ") + bold(name);
        if (word.takes == Takes::optional_value) out += "[=" + value + "]";
        if (word.takes == Takes::value) out += (name.starts_with("--") ? "=" : " ") + value;
    }
    return out;
}

std::string synopsis(const CommandRow& command) {
    std::string out = bold("prelabel " + command.name);
    for (const auto& option : command.options)
        if (option.required) out += " " + bold(option.names.back()) + "=" + italic(option.value);
    out += " [" + italic("option") + " ...]";
    for (const auto& argument : command.arguments) {
        const std::string word = italic(argument.value) + (argument.repeatable ? " ..." : "");
        out += " " + (argument.required ? word : "[" + word + "]");
    }
    return out;
}

/// The footer of the help as it stands.
std::string as_typed(const std::string& text) {
    std::string out = ".nf\n";
    for (std::size_t at = text.find('\n') + 1; at > 0 && at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string typed = text.substr(at, end - at);
        if (typed.empty()) break;  // what follows is no example
        out += line(plain(typed));
        at = end + 1;
    }
    return out + ".fi\n";
}

}  // namespace

std::string man_page(const CommandTable& table) {
    std::string out = std::string(".\\\" Written by `prelabel man`.\n.TH PRELABEL 1 ") + date + " \"prelabel " +
                      std::string(program_version) + "\" \"User Commands\"\n";
    out += ".SH NAME\nprelabel \\- label documents with large language models, from Kafka or files\n.SH SYNOPSIS\n";
    for (const auto& command : table.commands)
        out += synopsis(command) + "\n" + (&command == &table.commands.back() ? "" : ".br\n");
    out += ".SH DESCRIPTION\n" + paragraph(table.text);
    for (const auto& option : table.options) out += entry(term(option), option.sentence());
    out += ".SH COMMANDS\n";
    for (const auto& command : table.commands) {
        out += ".SS " + plain(command.name) + "\n" + paragraph(command.text + ".");
        for (const auto& argument : command.arguments) out += entry(italic(argument.value), argument.sentence());
        for (const auto& option : command.options) out += entry(term(option), option.sentence());
    }
    out += ".SH EXIT STATUS\n";
    for (const auto& [code, text] : exit_code_texts) out += entry(bold(std::to_string(code)), text);
    out += ".SH ENVIRONMENT\n";
    for (const auto& [name, text] : variables) out += entry(bold(name), text);
    out += ".SH FILES\n";
    for (const auto& [name, text] : files) out += entry(italic(name), text);
    out += ".SH EXAMPLES\n" + as_typed(table.footer);
    return out + ".SH SEE ALSO\n" +
           paragraph("The documentation in share/doc/prelabel: quickstart, guide, operations.");
}

}  // namespace prelabel::app
