#include "house_rules.hpp"

#include "library_table.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

namespace prelabel::architecture {
namespace {

constexpr std::size_t file_lines_max = 300;
constexpr std::size_t columns_max = 120;
constexpr std::size_t torn_off_columns_min = 20;  // of a sentence that goes on
constexpr std::size_t torn_at_columns_min = 60;   // of a line that ends in the midst of one

bool is_source(const std::string& path) { return ends_with_any(path, {".cpp", ".hpp", ".py", ".sh"}); }

bool is_cpp(const std::string& path) { return ends_with_any(path, {".cpp", ".hpp"}); }

bool is_production(const std::string& path) { return path.starts_with("src/") || path.starts_with("include/"); }

std::string at(const File& file, std::size_t line) { return file.path + ":" + std::to_string(line); }

/// Columns of UTF-8 text: its code points.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

/// A line that is prose of a comment, cut into what is before the text and the text; no text for any other line.
/// A drawing or a list stands further right than prose.
struct CommentLine {
    std::string_view margin;
    std::string_view text;
};

CommentLine comment_line(std::string_view line) {
    const auto slashes = line.find_first_not_of(' ');
    if (slashes == std::string_view::npos || !line.substr(slashes).starts_with("//")) return {};
    const auto text = line.find_first_not_of("/<", slashes);
    if (text == std::string_view::npos || line[text] != ' ' || line.size() == text + 1 || line[text + 1] == ' ')
        return {};
    return {line.substr(0, text + 1), line.substr(text + 1)};
}

/// What a link in a Markdown file means, from the root; empty when it leaves the tree or stays in its own file.
std::string target_of(const std::string& link, const std::string& from) {
    static const std::regex elsewhere(R"(^([A-Za-z][A-Za-z0-9+.-]*:|#|//).*)");
    if (std::regex_match(link, elsewhere)) return {};
    const auto path = std::filesystem::path(link.substr(0, link.find_first_of("#?")));
    auto target = (std::filesystem::path(from).parent_path() / path).lexically_normal().generic_string();
    while (target.ends_with('/')) target.pop_back();
    return target;
}

/// All files and folders.
std::set<std::string> paths_of(const std::vector<File>& tree) {
    std::set<std::string> paths;
    for (const auto& file : tree) {
        for (auto path = std::filesystem::path(file.path); !path.empty(); path = path.parent_path())
            paths.insert(path.generic_string());
    }
    return paths;
}

/// The lines of a Markdown file that are prose; the others are empty.
std::vector<std::string> prose_of(const File& file) {
    auto lines = lines_of(file.text);
    bool fenced = false;
    for (auto& line : lines) {
        const bool fence = line.starts_with("```");
        if (fence) fenced = !fenced;
        if (fence || fenced) line.clear();
    }
    return lines;
}

/// What a line of Markdown names in backticks, as paths from the root.
class NamedPaths {
public:
    explicit NamedPaths(const std::set<std::string>& known) : known_(known) {}

    /// Those that are not known.
    [[nodiscard]] std::vector<std::string> stale_in(const std::string& line) {
        static const std::regex quoted("`([^`]+)`");
        std::vector<std::string> stale;
        folder_.clear();
        bool units = false;  // of the folder are listed
        for (auto match = std::sregex_iterator(line.begin(), line.end(), quoted); match != std::sregex_iterator();
             ++match) {
            const std::string before = match->prefix();
            units = before == ": " ? !folder_.empty() : units && before == ", ";
            const std::string name = (*match)[1];
            if (!exists(name, units)) stale.push_back(name);
        }
        return stale;
    }

private:
    [[nodiscard]] bool exists(std::string name, bool is_unit) {
        static const std::regex whole("(src|include|tests|deploy|docs|bench)/[^ ]*");
        static const std::regex source(R"([A-Za-z0-9_]+\.(cpp|hpp))");
        while (name.ends_with('/')) name.pop_back();
        if (std::regex_match(name, whole)) {
            folder_ = name;
            if (name.find_first_of("*<") == std::string::npos && !known_.contains(name)) return false;
            if (!known_.contains(name) || std::filesystem::path(name).has_extension())
                folder_ = std::filesystem::path(name).parent_path().generic_string();
            return true;
        }
        if (folder_.empty()) return true;
        if (std::regex_match(name, source)) return known_.contains(folder_ + '/' + name);
        return !is_unit || known_.contains(folder_ + '/' + name + ".cpp") ||
               known_.contains(folder_ + '/' + name + ".hpp");
    }

    const std::set<std::string>& known_;
    std::string folder_;  // that was named last
};

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

std::vector<Finding> include_style(const File& file) {
    if (!is_cpp(file.path)) return {};
    std::vector<Finding> findings;
    for (const auto& include : includes_of(file.text)) {
        const std::string folder = include.path.substr(0, include.path.find('/'));
        const bool is_public = folder == "prelabel";
        const bool is_private = find_library(folder) != nullptr;
        const bool is_beside = include.quoted && !is_public && !is_private;
        std::string form;
        if (is_public && include.quoted) form = "a public header is included as <prelabel/…>";
        if (is_private && !include.quoted) form = "a private header is included in quotes";
        if (is_beside && is_production(file.path))
            form = "a private header is included with its library, as \"library/x.hpp\"";
        if (!form.empty()) findings.push_back({at(file, include.line), form});
    }
    return findings;
}

std::vector<Finding> wide_comments(const File& file) {
    if (!is_cpp(file.path)) return {};
    std::vector<Finding> findings;
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto first = lines[i].find_first_not_of(' ');
        const bool comment = first != std::string::npos && lines[i].compare(first, 2, "//") == 0;
        if (comment && columns(lines[i]) > columns_max)
            findings.push_back(
                {at(file, i + 1), "a comment is at most " + std::to_string(columns_max) + " columns wide"});
    }
    return findings;
}

std::vector<Finding> torn_comments(const File& file) {
    if (!is_cpp(file.path)) return {};
    std::vector<Finding> findings;
    const auto lines = lines_of(file.text);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto before = comment_line(lines[i - 1]);
        const auto rest = comment_line(lines[i]);
        if (before.text.empty() || rest.margin != before.margin ||
            before.text.find_last_of(".:;!?") == before.text.size() - 1)
            continue;
        const auto width = columns(lines[i - 1]);
        if (columns(rest.text) < torn_off_columns_min)
            findings.push_back({at(file, i + 1), "only this is left of a sentence: break the line before it earlier"});
        else if (width < torn_at_columns_min &&
                 width + 1 + columns(rest.text.substr(0, rest.text.find(' '))) <= columns_max)
            findings.push_back({at(file, i), "the sentence goes on in the next line, and has room in this one"});
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

std::vector<Finding> stale_paths(const std::vector<File>& tree) {
    const std::set<std::string> known = paths_of(tree);
    static const std::regex guide(R"(README\.md|docs/[^/]+\.md)");
    std::vector<Finding> findings;
    for (const auto& file : tree) {
        if (!std::regex_match(file.path, guide)) continue;
        const auto lines = prose_of(file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            for (const auto& path : NamedPaths(known).stale_in(lines[i]))
                findings.push_back({at(file, i + 1), "there is no " + path});
        }
    }
    return findings;
}

std::vector<Finding> broken_links(const std::vector<File>& tree) {
    std::set<std::string> known = paths_of(tree);
    known.insert({"", "."});
    static const std::regex link(R"(\]\(<?([^)\s>]+)>?(\s+"[^"]*")?\))");
    std::vector<Finding> findings;
    for (const auto& file : tree) {
        if (!file.path.ends_with(".md")) continue;
        const auto lines = prose_of(file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
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
