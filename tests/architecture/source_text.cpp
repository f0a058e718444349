#include "source_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <utility>

namespace prelabel::architecture {
namespace {

/// Walks C++ text and blanks what is not code.
class Blanker {
public:
    explicit Blanker(std::string_view text) : text_(text) { out_.reserve(text.size()); }

    std::string run() {
        while (at_ < text_.size()) {
            if (starts("//")) {
                blank_to(text_.find('\n', at_));
            } else if (starts("/*")) {
                blank_past("*/", 2);
            } else if (starts("R\"") && !in_word()) {
                raw_string();
            } else if (text_[at_] == '"' || (text_[at_] == '\'' && !in_word())) {  // in a word: 1'000
                literal(text_[at_]);
            } else {
                out_.push_back(text_[at_++]);
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    [[nodiscard]] bool in_word() const {
        return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0 || text_[at_ - 1] == '_');
    }

    void blank_to(std::size_t end) {
        end = std::min(end, text_.size());
        for (; at_ < end; ++at_) out_.push_back(text_[at_] == '\n' ? '\n' : ' ');
    }
    void blank_past(std::string_view terminator, std::size_t opening) {
        const std::size_t found = text_.find(terminator, at_ + opening);
        blank_to(found == std::string_view::npos ? found : found + terminator.size());
    }
    void raw_string() {
        const std::size_t open = text_.find('(', at_);
        if (open == std::string_view::npos) return blank_to(open);
        const std::string terminator = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
        blank_past(terminator, open - at_);
    }
    void literal(char quote) {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
        out_.push_back(quote);
        ++at_;
        blank_to(end);
        if (at_ < text_.size() && text_[at_] == quote) {
            out_.push_back(quote);
            ++at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string out_;
};

constexpr std::array not_ours = {".git", "build", ".cache", "__pycache__"};

}  // namespace

std::string code_only(std::string_view text) { return Blanker(text).run(); }

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::vector<Include> includes_of(std::string_view text) {
    static const std::regex directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    static const std::regex is_code(R"(^\s*#\s*include\b)");
    const auto code = lines_of(code_only(text));
    const auto lines = lines_of(text);
    std::vector<Include> includes;
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::smatch match;
        if (std::regex_search(code[i], is_code) && std::regex_search(lines[i], match, directive))
            includes.push_back({i + 1, match[2], match[1] == "\""});
    }
    return includes;
}

std::string library_of(std::string_view path) {
    for (const std::string_view home : {"src/", "include/prelabel/"}) {
        if (!path.starts_with(home)) continue;
        const auto rest = path.substr(home.size());
        const auto slash = rest.find('/');
        if (slash != std::string_view::npos) return std::string(rest.substr(0, slash));
    }
    return {};
}

bool is_public_header(std::string_view path) { return path.starts_with("include/"); }

bool ends_with_any(std::string_view text, const std::vector<std::string_view>& endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return text.ends_with(ending); });
}

std::vector<File> read_tree(const std::filesystem::path& root) {
    std::vector<File> files;
    auto entry = std::filesystem::recursive_directory_iterator(root);
    for (const auto end = std::filesystem::recursive_directory_iterator(); entry != end; ++entry) {
        if (entry->is_directory() && std::ranges::find(not_ours, entry->path().filename()) != not_ours.end()) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file()) {
            std::ifstream stream(entry->path(), std::ios::binary);
            files.push_back({entry->path().lexically_relative(root).generic_string(),
                             std::string(std::istreambuf_iterator<char>(stream), {})});
        }
    }
    std::ranges::sort(files, {}, &File::path);
    return files;
}

}  // namespace prelabel::architecture
