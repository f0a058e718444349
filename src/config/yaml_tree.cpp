#include "config/yaml_tree.hpp"

#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace prelabel::config {
namespace {

constexpr std::size_t file_bytes_max = 1U << 20;
constexpr std::size_t depth_max = 64;
constexpr std::size_t nodes_max = 100'000;

std::size_t count(const Node& node) {
    std::size_t total = 1;
    for (const auto& item : node.items) total += count(item);
    for (const auto& entry : node.entries) total += count(entry.value);
    return total;
}

std::string_view line_of(std::string_view text, std::uint32_t line) {
    for (; line > 1; --line) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
    return text.substr(0, text.find('\n'));
}

/// Whether a quoted text begins there that no quote ends. The parser takes all the rest of the file for it.
bool is_an_open_quote(std::string_view text, const YAML::Mark& mark) {
    for (int line = 0; line < mark.line; ++line) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
    text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(mark.column)));
    if (text.empty() || (text.front() != '"' && text.front() != '\'')) return false;
    const char quote = text.front();
    for (std::size_t at = 1; at < text.size(); ++at) {
        const bool escaped = quote == '"' ? text[at] == '\\' : text.substr(at).starts_with("''");
        if (escaped)
            ++at;
        else if (text[at] == quote)
            return false;
    }
    return true;
}

/// What the parser finds, in the words of somebody who looks at the file.
std::string in_plain_words(const std::string& finding, std::string_view line) {
    const auto content = line.find_first_not_of(" \t");
    if (line.substr(0, content).find('\t') != std::string_view::npos)
        return "a tab stands at the beginning of this line; indent with blanks";
    if (finding == "illegal map value")
        return "no `:` can stand here; is the line indented as its neighbours? A text with `: ` in it needs quotes";
    return finding;
}

/// Builds the tree from the parser's events. Stops by throwing, as the parser itself does; parse_yaml() catches.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(const std::string& file, const std::string& option, Problems& problems)
        : file_(file), option_(option), problems_(problems) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(made(Node::Kind::null, mark), anchor); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = made(Node::Kind::scalar, mark);
        node.plain = tag != "!";
        if (!node.plain) last_quoted_ = mark;
        node.text = value;
        if (node.plain && (value.empty() || value == "~" || value == "null")) node.kind = Node::Kind::null;
        add(std::move(node), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) throw YAML::ParserException(mark, "an alias stands inside its own anchor");
        if (depth_ + 1 + known->second.second > depth_max) throw YAML::ParserException(mark, too_deep);
        nodes_ += count(known->second.first);
        if (nodes_ > nodes_max) throw YAML::ParserException(mark, too_many);
        add(known->second.first, 0, known->second.second);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::list, mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::map, mark, anchor);
    }
    void OnMapEnd() override { close(); }

    [[nodiscard]] std::optional<Node> take() { return std::move(root_); }
    /// Where the last text that is not plain begins.
    [[nodiscard]] const std::optional<YAML::Mark>& last_quoted() const { return last_quoted_; }

private:
    static constexpr const char* too_deep = "nested deeper than 64 levels";
    static constexpr const char* too_many = "holds more than 100,000 values";

    struct Frame {
        Node node;
        YAML::anchor_t anchor = 0;
        std::size_t height = 0;
        std::set<std::string> keys;
        std::optional<Entry> pending;  ///< a key whose value comes next
        bool duplicate = false;        ///< … and is to be dropped
    };

    [[nodiscard]] Place place(const YAML::Mark& mark) const {
        return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1), option_};
    }
    [[nodiscard]] Node made(Node::Kind kind, const YAML::Mark& mark) {
        if (++nodes_ > nodes_max) throw YAML::ParserException(mark, too_many);
        Node node;
        node.kind = kind;
        node.place = place(mark);
        mark_ = mark;
        return node;
    }
    void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (++depth_ > depth_max) throw YAML::ParserException(mark, too_deep);
        stack_.push_back({made(kind, mark), anchor, 0, {}, std::nullopt, false});
    }
    void close() {
        --depth_;
        Frame frame = std::move(stack_.back());
        stack_.pop_back();
        add(std::move(frame.node), frame.anchor, frame.height + 1);
    }
    void add(Node node, YAML::anchor_t anchor, std::size_t height = 0) {
        if (anchor != 0) anchors_[anchor] = {node, height};
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Frame& top = stack_.back();
        top.height = std::max(top.height, height);
        if (top.node.kind == Node::Kind::list) {
            top.node.items.push_back(std::move(node));
        } else if (!top.pending) {
            add_key(top, std::move(node));
        } else {
            if (node.kind == Node::Kind::null && node.text.empty())
                node.place = top.pending->place;  // nothing stands there
            top.pending->value = std::move(node);
            if (!top.duplicate) top.node.entries.push_back(std::move(*top.pending));
            top.pending.reset();
        }
    }
    void add_key(Frame& top, Node node) {
        if (node.kind != Node::Kind::scalar) throw YAML::ParserException(mark_, "a key must be a word");
        top.duplicate = !top.keys.insert(node.text).second;
        if (top.duplicate) {
            Problem problem = problem_at(file_, node.place);
            problem.key = node.text;
            const auto first = std::ranges::find(top.node.entries, node.text, &Entry::key);
            problem.what = "is given twice in the same mapping";
            if (first != top.node.entries.end() && option_.empty())
                problem.what += ", first on line " + std::to_string(first->place.line);
            problem.hint = "remove one of them";
            problems_.list.push_back(std::move(problem));
        }
        top.pending = Entry{std::move(node.text), std::move(node.place), {}};
    }

    const std::string& file_;
    const std::string& option_;
    Problems& problems_;
    std::optional<Node> root_;
    std::vector<Frame> stack_;
    std::map<YAML::anchor_t, std::pair<Node, std::size_t>> anchors_;
    std::size_t nodes_ = 0;
    std::size_t depth_ = 0;
    YAML::Mark mark_;
    std::optional<YAML::Mark> last_quoted_;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &found->value;
}

Problem problem_at(const std::string& file, const Place& place) {
    Problem problem;
    problem.option = place.option;
    if (place.option.empty()) {
        problem.file = file;
        problem.line = place.line;
        problem.column = place.column;
    }
    return problem;
}

std::optional<Node> parse_yaml(const std::string& text, const std::string& file, const std::string& option,
                               Problems& problems) {
    const auto fail = [&](const Place& place, std::string what) {
        Problem problem = problem_at(file, place);
        problem.what = std::move(what);
        problems.list.push_back(std::move(problem));
        return std::nullopt;
    };
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        TreeBuilder builder(file, option, problems);
        if (!parser.HandleNextDocument(builder)) return fail({0, 0, option}, "is empty");
        auto root = builder.take();
        if (const auto& quoted = builder.last_quoted(); quoted && is_an_open_quote(text, *quoted))
            throw YAML::ParserException(*quoted, "the quote that begins here has no end");
        TreeBuilder rest(file, option, problems);
        if (parser.HandleNextDocument(rest)) {
            const auto second = rest.take();
            return fail(second ? second->place : Place{0, 0, option},
                        "a second YAML document starts here; one is read");
        }
        return root;
    } catch (const YAML::Exception& error) {
        const Place place = error.mark.is_null() ? Place{0, 0, option}
                                                 : Place{static_cast<std::uint32_t>(error.mark.line + 1),
                                                         static_cast<std::uint32_t>(error.mark.column + 1), option};
        const std::string_view line = line_of(text, place.line);
        const std::string finding = error.msg.substr(0, error.msg.find(": "));  // behind it the text is quoted
        fail(place, "is not valid YAML: " + in_plain_words(finding, line));
        if (line.find("${") != std::string_view::npos)
            problems.list.back().hint = "inside { } and [ ] put a value with ${…} in quotes";
        return std::nullopt;
    } catch (const std::exception& error) {
        return fail({0, 0, option}, std::string("cannot be read as YAML: ") + error.what());
    }
}

std::optional<std::string> read_text_file(const std::string& file, Problems& problems) {
    const auto fail = [&](std::string what, Place place = {}) {
        Problem problem = problem_at(file, place);
        problem.what = std::move(what);
        problems.list.push_back(std::move(problem));
        return std::nullopt;
    };
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    std::string text(file_bytes_max + 1, '\0');
    if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream && !stream.eof())
        return fail(std::string("cannot be read: ") + (errno != 0 ? std::strerror(errno) : "not a file"));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > file_bytes_max) return fail("is larger than 1 MiB");
    auto bad = utf8::first_invalid(text);
    const char* what = "is not valid UTF-8";
    if (const auto nul = text.find('\0'); nul != std::string::npos && (!bad || nul < *bad)) {
        bad = nul;
        what = "holds a NUL byte";
    }
    if (bad) {
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
        const auto start = *bad == 0 ? std::string::npos : text.rfind('\n', *bad - 1);
        const auto column = start == std::string::npos ? *bad + 1 : *bad - start;
        return fail(what, {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column), {}});
    }
    return text;
}

}  // namespace prelabel::config
