#include "files/documents.hpp"

#include "files/conll_reader.hpp"
#include "files/object_frame.hpp"

#include <prelabel/base/encoding.hpp>
#include <prelabel/base/json_text.hpp>
#include <prelabel/base/utf8.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace prelabel::files {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

/// JSONL and plain text.
class LineDocuments final : public Documents {
public:
    LineDocuments(const std::string& path, FileFormat format, const ReadOptions& options)
        : path_(path), format_(format), options_(options), frame_(options) {}

    Result<std::optional<Value>> feed(const Line& line) override {
        auto value = value_of(line);
        if (value) value->line = line.number;
        return value;
    }
    Result<std::optional<Value>> finish() override { return std::nullopt; }

private:
    std::optional<Value> value_of(const Line& line) const {
        if (line.cut) return unreadable(line.text, too_long(line.number, options_.record_bytes_max), true);
        if (is_blank(line.text)) return std::nullopt;
        if (auto problem = encoding_problem(path_, line.text, line.number))
            return Value{std::string(line.text), std::move(*problem)};
        if (format_ == FileFormat::jsonl) return Value{std::string(line.text), {}};
        return Value{frame_.object(made_id(path_, options_, line.number), line.text), {}};
    }

    std::string path_;
    FileFormat format_;
    ReadOptions options_;
    ObjectFrame frame_;
};

class ConllDocuments final : public Documents {
public:
    ConllDocuments(const std::string& path, const ReadOptions& options)
        : path_(path),
          options_(options),
          frame_(options),
          sentences_(path, options.record_bytes_max, ConllReader::Keep::text) {}

    Result<std::optional<Value>> feed(const Line& line) override { return made_of(sentences_.feed(line)); }
    Result<std::optional<Value>> finish() override { return made_of(sentences_.finish()); }

private:
    std::optional<Value> made_of(std::optional<Sentence> sentence) const {
        if (!sentence) return std::nullopt;
        Value value;
        if (sentence->problem.empty()) {
            if (!sentence->has_own_id) sentence->id = made_id(path_, options_, sentence->first_line);
            value.bytes = frame_.object(sentence->id, sentence->text, sentence->comments);
        } else {
            const bool inside = sentence->problem_line > sentence->first_line;
            const std::string place = inside ? "line " + std::to_string(sentence->problem_line) + ": " : "";
            value = unreadable(sentence->text, place + sentence->problem, sentence->too_long);
        }
        value.line = sentence->first_line;
        return value;
    }

    std::string path_;
    ReadOptions options_;
    ObjectFrame frame_;
    ConllReader sentences_;
};

}  // namespace

void append_member(std::string_view name, std::string_view value, std::string& object) {
    object += object.empty() ? '{' : ',';
    append_json_string(name, object);
    object += ':';
    append_json_string(value, object);
}

std::string too_long(std::uint64_t line, std::size_t bound) {
    return "the record at line " + std::to_string(line) + " is longer than " + std::to_string(bound) + " bytes";
}

Value unreadable(std::string_view raw, std::string problem, bool too_large) {
    return {std::string(raw.substr(0, LineReader::kept_of_cut_line)), std::move(problem), too_large, 0};
}

std::optional<std::string> encoding_problem(const std::string& path, std::string_view raw, std::uint64_t first_line) {
    const auto invalid = utf8::first_invalid(raw);
    if (!invalid) return std::nullopt;
    const auto before = raw.substr(0, *invalid);
    const auto newline = before.rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const auto line = raw.substr(begin, raw.find('\n', begin) - begin);
    const auto further = std::ranges::count(before, '\n');
    std::string what =
        further == 0 ? "" : "line " + std::to_string(first_line + static_cast<std::uint64_t>(further)) + ": ";
    what += not_utf8(line, *invalid - begin);
    const auto encoding = looks_encoded_as(line, *invalid - begin);
    return encoding.empty() ? what : what + ": " + conversion(encoding, path);
}

std::string made_id(const std::string& path, const ReadOptions& options, std::uint64_t line) {
    const std::string name = options.called.empty() ? std::filesystem::path(path).filename().string() : options.called;
    return name + ':' + std::to_string(line);
}

std::unique_ptr<Documents> make_documents(const std::string& path, FileFormat format, const ReadOptions& options) {
    if (format == FileFormat::csv || format == FileFormat::tsv) return make_csv_documents(path, format, options);
    if (format == FileFormat::conll) return std::make_unique<ConllDocuments>(path, options);
    return std::make_unique<LineDocuments>(path, format, options);
}

}  // namespace prelabel::files
