#include "files/conll_reader.hpp"

#include "files/documents.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/evaluation/tags.hpp>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

namespace prelabel::files {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t comments_max = 100;  // of a sentence; more of them pass through nowhere

struct Columns {
    std::string_view token;
    std::string_view tag;  ///< empty where there is one column
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Columns columns_of(std::string_view line) {
    const auto separators = line.find('\t') != std::string_view::npos ? std::string_view("\t") : blanks;
    const auto first = line.find_first_of(separators);
    if (first == std::string_view::npos) return {line, {}};
    auto end = line.find_last_not_of(blanks);
    const auto last = line.find_last_of(separators, end);
    if (last == std::string_view::npos) return {line.substr(0, first), {}};
    return {line.substr(0, first), line.substr(last + 1, end - last)};
}

/// `# key = value`.
std::optional<std::pair<std::string_view, std::string_view>> key_and_value(std::string_view comment) {
    const auto equals = comment.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto key = trimmed(comment.substr(1, equals - 1));
    if (key.empty()) return std::nullopt;
    return std::pair(key, trimmed(comment.substr(equals + 1)));
}

bool is_id(std::string_view key) { return key == "id" || key == "sent_id"; }

bool is_comment(std::string_view line) {
    if (line.empty() || line.front() != '#' || line.find('\t') != std::string_view::npos) return false;
    const auto tag = columns_of(line).tag;
    const auto pair = key_and_value(line);
    return (pair && is_id(pair->first)) || tag.empty() || !evaluation::allowed(tag, evaluation::TagScheme::lenient);
}

}  // namespace

ConllReader::ConllReader(const std::string& path, std::size_t sentence_bytes_max, Keep keep)
    : sentence_bytes_max_(sentence_bytes_max),
      keep_(keep),
      path_(path),
      file_name_(std::filesystem::path(path).filename()) {}

void ConllReader::take(const Line& line) {
    if (sentence_.first_line == 0) sentence_.first_line = line.number;
    const auto columns = columns_of(line.text);
    line_bytes_ += line.text.size() + line.ending.size();
    if (line.cut || line_bytes_ > sentence_bytes_max_) sentence_.too_long = true;
    if (sentence_.too_long) {
        sentence_.problem = "the sentence is longer than " + std::to_string(sentence_bytes_max_) + " bytes";
        sentence_.problem_line = 0;
        return;
    }
    if (auto problem = encoding_problem(path_, line.text, line.number)) {
        sentence_.problem = std::move(*problem);
        sentence_.problem_line = line.number;
    }
    if (line.number != sentence_.first_line) sentence_.text += ' ';
    sentence_.text += columns.token;
    if (keep_ == Keep::text) return;
    const auto start = sentence_.tokens.empty() ? 0 : sentence_.tokens.back().end + 1;
    sentence_.tokens.push_back({start, start + utf8::count_code_points(columns.token)});
    sentence_.tags.emplace_back(columns.tag);
}

std::optional<Sentence> ConllReader::feed(const Line& line) {
    if (trimmed(line.text).empty() || columns_of(line.text).token == "-DOCSTART-") return finish();
    if (sentence_.first_line != 0 || !is_comment(line.text)) {
        take(line);
        return std::nullopt;
    }
    take_comment(line);
    return std::nullopt;
}

void ConllReader::take_comment(const Line& line) {
    const auto pair = key_and_value(line.text);
    if (!pair || utf8::first_invalid(line.text)) return;
    const auto& [key, value] = *pair;
    if (is_id(key)) {
        if (value.empty()) return;
        sentence_.id = value;
        sentence_.has_own_id = true;
        return;
    }
    comment_bytes_ += line.text.size();
    if (comment_bytes_ > sentence_bytes_max_ || sentence_.comments.size() == comments_max) return;
    const auto same = [&](const auto& other) { return other.first == key; };
    if (std::ranges::none_of(sentence_.comments, same)) sentence_.comments.emplace_back(key, value);
}

std::optional<Sentence> ConllReader::finish() {
    if (sentence_.first_line == 0) return std::nullopt;
    if (!sentence_.has_own_id) sentence_.id = file_name_ + ':' + std::to_string(sentence_.first_line);
    comment_bytes_ = 0;
    line_bytes_ = 0;
    return std::exchange(sentence_, {});
}

}  // namespace prelabel::files
