#include "house_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

namespace prelabel::architecture {
namespace {

constexpr std::size_t file_lines_max = 300;

bool is_source(const std::string& path) { return ends_with_any(path, {".cpp", ".hpp", ".py", ".sh"}); }

bool is_production(const std::string& path) { return path.starts_with("src/") || path.starts_with("include/"); }

std::string at(const File& file, std::size_t line) { return file.path + ":" + std::to_string(line); }

/// What a link in a Markdown file means, from the root; empty when it leaves the tree or stays in its own file.
std::string target_of(const std::string& link, const std::string& from) {
    static const std::regex elsewhere(R"(^([A-Za-z][A-Za-z0-9+.-]*:|#|//).*)");
    if (std::regex_match(link, elsewhere)) return {};
    const auto path = std::filesystem::path(link.substr(0, link.find_first_of("#?")));
    auto target = (std::filesystem::path(from).parent_path() / path).lexically_normal().generic_string();
    while (target.ends_with('/')) target.pop_back();
    return target;
}

}  // namespace

std::vector<Finding> undocumented_header(const File& file) {
    if (!is_public_header(file.path) || !file.path.ends_with(".hpp")) return {};
    const auto lines = lines_of(file.text);
    if (lines.empty() || lines.front() != "#pragma once") return {{at(file, 1), "a header starts with #pragma once"}};
    // Namespaces are not indented, so a comment on a namespace-level declaration starts its line.
    if (std::ranges::any_of(lines, [](const std::string& line) { return line.starts_with("/// "); })) return {};
    return {{file.path, "a public header says in /// what it is for"}};
}

std::vector<Finding> too_long(const File& file) {
    if (!is_source(file.path)) return {};
    const auto lines = lines_of(file.text);
    static const std::regex reason(R"(^(//|#) Long: .{10,})");
    if (lines.size() <= file_lines_max || std::regex_search(lines.front(), reason)) return {};
    return {{file.path, std::to_string(lines.size()) + " lines; more than " + std::to_string(file_lines_max) +
                            " need a first line \"// Long: reason\", or a split"}};
}

std::vector<Finding> vague_name(const File& file) {
    static const std::set<std::string> vague = {"util", "utils", "common", "misc", "helper", "helpers", "stuff"};
    static const std::regex separator(R"([/._-])");
    for (auto word = std::sregex_token_iterator(file.path.begin(), file.path.end(), separator, -1);
         word != std::sregex_token_iterator(); ++word) {
        if (vague.contains(*word)) return {{file.path, "\"" + word->str() + "\" says nothing: name the thing"}};
    }
    return {};
}

std::vector<Finding> unfinished(const File& file) {
    if (!is_source(file.path) && !ends_with_any(file.path, {".md", ".txt", ".json", ".yaml", ".yml"})) return {};
    if (file.path.starts_with("tests/data/")) return {};  // documents may say anything
    static const std::regex note(
        "\\b(TO"
        "DO|FIX"
        "ME|XX"
        "X)\\b");  // in halves: this file is read too
    std::vector<Finding> findings;
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::regex_search(lines[i], note)) findings.push_back({at(file, i + 1), "finish it or leave it out"});
    }
    return findings;
}

std::vector<Finding> detached_coroutines(const File& file) {
    if (!is_production(file.path)) return {};
    static const std::regex detached(R"(\basio::detached\b|[,(]\s*detached\s*\))");
    std::vector<Finding> findings;
    const auto code = lines_of(code_only(file.text));
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (std::regex_search(code[i], detached))
            findings.push_back({at(file, i + 1), "a coroutine is joined, never detached"});
    }
    return findings;
}

std::vector<Finding> missing_readmes(const std::vector<File>& tree) {
    std::set<std::string> libraries;
    std::set<std::string> described;
    for (const auto& file : tree) {
        const std::string library = library_of(file.path);
        if (!library.empty() && is_source(file.path)) libraries.insert(library);
        if (file.path == "src/" + library + "/README.md" && lines_of(file.text).size() >= 4) described.insert(library);
    }
    std::vector<Finding> findings;
    for (const auto& library : libraries) {
        if (!described.contains(library))
            findings.push_back(
                {"src/" + library + "/README.md", "a library says why it exists, what belongs here, what does not"});
    }
    return findings;
}

std::vector<Finding> broken_links(const std::vector<File>& tree) {
    std::set<std::string> known = {"", "."};
    for (const auto& file : tree) {
        for (auto path = std::filesystem::path(file.path); !path.empty(); path = path.parent_path())
            known.insert(path.generic_string());
    }
    static const std::regex link(R"(\]\(<?([^)\s>]+)>?(\s+"[^"]*")?\))");
    std::vector<Finding> findings;
    for (const auto& file : tree) {
        if (!file.path.ends_with(".md")) continue;
        bool fenced = false;
        const auto lines = lines_of(file.text);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i].starts_with("```")) fenced = !fenced;
            if (fenced) continue;
            for (auto match = std::sregex_iterator(lines[i].begin(), lines[i].end(), link);
                 match != std::sregex_iterator(); ++match) {
                const std::string target = target_of((*match)[1], file.path);
                if (!known.contains(target))
                    findings.push_back({at(file, i + 1), "the link " + (*match)[1].str() + " leads nowhere"});
            }
        }
    }
    return findings;
}

}  // namespace prelabel::architecture
