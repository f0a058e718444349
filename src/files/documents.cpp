#include "files/documents.hpp"

#include "files/conll_reader.hpp"

#include <prelabel/base/json_text.hpp>
#include <prelabel/base/utf8.hpp>

#include <filesystem>
#include <utility>

namespace prelabel::files {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

Value document(std::string_view id, std::string_view text) {
    Value value;
    append_member("id", id, value.bytes);
    append_member("text", text, value.bytes);
    value.bytes += '}';
    return value;
}

/// JSONL and plain text.
class LineDocuments final : public Documents {
public:
    LineDocuments(const std::string& path, FileFormat format, std::size_t bound)
        : format_(format), bound_(bound), file_name_(std::filesystem::path(path).filename()) {}

    Result<std::optional<Value>> feed(const Line& line) override {
        if (line.cut) return unreadable(line.text, too_long(line.number, bound_), true);
        if (is_blank(line.text)) return std::nullopt;
        if (format_ == FileFormat::jsonl) return Value{std::string(line.text), {}, false};
        if (const auto invalid = utf8::first_invalid(line.text))
            return unreadable(
                line.text, "line " + std::to_string(line.number) + " is not UTF-8 at byte " + std::to_string(*invalid));
        return document(file_name_ + ':' + std::to_string(line.number), line.text);
    }
    Result<std::optional<Value>> finish() override { return std::nullopt; }

private:
    FileFormat format_;
    std::size_t bound_;
    std::string file_name_;
};

class ConllDocuments final : public Documents {
public:
    ConllDocuments(const std::string& path, std::size_t bound) : sentences_(path, bound) {}

    Result<std::optional<Value>> feed(const Line& line) override { return made_of(sentences_.feed(line)); }
    Result<std::optional<Value>> finish() override { return made_of(sentences_.finish()); }

private:
    static std::optional<Value> made_of(std::optional<Sentence> sentence) {
        if (!sentence) return std::nullopt;
        if (!sentence->problem.empty())
            return unreadable(sentence->text, std::move(sentence->problem), sentence->too_long);
        return document(sentence->id, sentence->text);
    }

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
    return {std::string(raw.substr(0, LineReader::kept_of_cut_line)), std::move(problem), too_large};
}

std::unique_ptr<Documents> make_documents(const std::string& path, FileFormat format, std::size_t bound) {
    if (format == FileFormat::csv) return make_csv_documents(path, bound);
    if (format == FileFormat::conll) return std::make_unique<ConllDocuments>(path, bound);
    return std::make_unique<LineDocuments>(path, format, bound);
}

}  // namespace prelabel::files
