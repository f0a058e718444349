#include "files/conll_reader.hpp"
#include "files/csv_row.hpp"
#include "files/line_reader.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/files/record_reader.hpp>
#include <prelabel/labeling/json_text.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace prelabel::files {
namespace {

/// What one document became: a value, and why it is none where it could not be read.
struct Value {
    std::string bytes;
    std::string problem;
};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

void append_member(std::string_view name, std::string_view value, std::string& out) {
    out += out.empty() ? '{' : ',';
    labeling::append_json_string(name, out);
    out += ':';
    labeling::append_json_string(value, out);
}

Value document(std::string_view id, std::string_view text) {
    Value value;
    append_member("id", id, value.bytes);
    append_member("text", text, value.bytes);
    value.bytes += '}';
    return value;
}

std::string too_long(std::uint64_t line, std::size_t bound) {
    return "the record at line " + std::to_string(line) + " is longer than " + std::to_string(bound) + " bytes";
}

/// What was read of a document that is none. Cut so that a broken quote cannot pile up a whole file.
Value unreadable(std::string_view raw, std::string problem) {
    return {std::string(raw.substr(0, LineReader::kept_of_cut_line)), std::move(problem)};
}

}  // namespace

class RecordReader::Documents {
public:
    Documents() = default;
    Documents(const Documents&) = delete;
    Documents& operator=(const Documents&) = delete;
    virtual ~Documents() = default;

    [[nodiscard]] virtual Result<std::optional<Value>> next() = 0;
    [[nodiscard]] virtual const LineReader& lines() const = 0;
};

namespace {

/// JSONL and plain text.
class LineDocuments final : public RecordReader::Documents {
public:
    LineDocuments(LineReader lines, FileFormat format, std::size_t bound)
        : lines_(std::move(lines)),
          format_(format),
          bound_(bound),
          file_name_(std::filesystem::path(lines_.source().path()).filename()) {}

    Result<std::optional<Value>> next() override {
        while (true) {
            auto read = lines_.next();
            if (!read) return read.error();
            if (!*read) return std::nullopt;
            const Line& line = **read;
            if (line.cut) return unreadable(line.text, too_long(line.number, bound_));
            if (is_blank(line.text)) continue;
            if (format_ == FileFormat::jsonl) return Value{std::string(line.text), {}};
            if (const auto invalid = utf8::first_invalid(line.text))
                return unreadable(line.text, "line " + std::to_string(line.number) + " is not UTF-8 at byte " +
                                                 std::to_string(*invalid));
            return document(file_name_ + ':' + std::to_string(line.number), line.text);
        }
    }
    const LineReader& lines() const override { return lines_; }

private:
    LineReader lines_;
    FileFormat format_;
    std::size_t bound_;
    std::string file_name_;
};

class CsvDocuments final : public RecordReader::Documents {
public:
    CsvDocuments(LineReader lines, std::size_t bound)
        : lines_(std::move(lines)),
          bound_(bound),
          file_name_(std::filesystem::path(lines_.source().path()).filename()) {}

    Result<std::optional<Value>> next() override {
        if (columns_.empty()) {
            if (auto header = read_header(); !header) return header.error();
            if (columns_.empty()) return std::nullopt;  // an empty file
        }
        while (true) {
            auto more = read_row();
            if (!more) return more.error();
            if (!*more) return std::nullopt;
            if (problem_.empty() && row_.blank()) continue;
            if (problem_.empty()) check_row();
            if (!problem_.empty()) return unreadable(raw_, std::move(problem_));
            return object();
        }
    }
    const LineReader& lines() const override { return lines_; }

private:
    /// Reads one row into row_ and raw_; false at the end.
    Result<bool> read_row() {
        row_.clear();
        raw_.clear();
        problem_.clear();
        first_line_ = 0;
        while (true) {
            auto read = lines_.next();
            if (!read) return read.error();
            if (!*read) {
                if (first_line_ != 0)
                    problem_ = "a quote opened at line " + std::to_string(first_line_) + " is never closed";
                return first_line_ != 0;
            }
            const Line& line = **read;
            if (first_line_ == 0) first_line_ = line.number;
            if (line.cut || raw_.size() + line.text.size() > bound_) {
                raw_ += line.text;
                problem_ = too_long(first_line_, bound_) + "; is a quote left open?";
                return true;
            }
            raw_ += line.text;
            if (row_.feed(line.text, line.ending)) return true;
            raw_ += line.ending;
        }
    }

    Result<> read_header() {
        do {
            const auto more = read_row();
            if (!more) return more.error();
            if (!*more) return {};
        } while (problem_.empty() && row_.blank());
        const auto bad = [this](const std::string& what) {
            return Error{Fault::input, lines_.source().path() + ':' + std::to_string(first_line_) + ": " + what};
        };
        if (!problem_.empty()) return bad(problem_);
        if (utf8::first_invalid(raw_)) return bad("the header is not UTF-8; convert the file");
        columns_ = row_.fields();
        if (columns_.size() == 1 && columns_.front().find_first_of(";\t") != std::string::npos)
            return bad("the header has one column; columns are separated by commas, not semicolons or tabs");
        for (const auto& column : columns_) {
            if (column.empty()) return bad("a column of the header has no name");
            if (std::ranges::count(columns_, column) > 1) return bad("the header names column '" + column + "' twice");
        }
        has_id_ = std::ranges::find(columns_, "id") != columns_.end();
        return {};
    }

    void check_row() {
        const auto at = "the row at line " + std::to_string(first_line_);
        if (row_.malformed())
            problem_ = at + " has text after a closing quote";
        else if (row_.fields().size() != columns_.size())
            problem_ = at + " has " + std::to_string(row_.fields().size()) + " fields, the header " +
                       std::to_string(columns_.size());
        else if (utf8::first_invalid(raw_))
            problem_ = at + " is not UTF-8";
    }

    Value object() const {
        Value value;
        if (!has_id_) append_member("id", file_name_ + ':' + std::to_string(first_line_), value.bytes);
        for (std::size_t i = 0; i < columns_.size(); ++i) append_member(columns_[i], row_.fields()[i], value.bytes);
        value.bytes += '}';
        return value;
    }

    LineReader lines_;
    std::size_t bound_;
    std::string file_name_;
    std::vector<std::string> columns_;
    bool has_id_ = false;
    CsvRow row_;
    std::string raw_;
    std::string problem_;
    std::uint64_t first_line_ = 0;
};

class ConllDocuments final : public RecordReader::Documents {
public:
    ConllDocuments(LineReader lines, std::size_t bound) : sentences_(std::move(lines), bound) {}

    Result<std::optional<Value>> next() override {
        auto read = sentences_.next();
        if (!read) return read.error();
        if (!*read) return std::nullopt;
        auto& sentence = **read;
        if (!sentence.problem.empty()) return unreadable(sentence.text, std::move(sentence.problem));
        return document(sentence.id, sentence.text);
    }
    const LineReader& lines() const override { return sentences_.lines(); }

private:
    ConllReader sentences_;
};

}  // namespace

RecordReader::RecordReader(std::string path, std::unique_ptr<Documents> documents)
    : path_(std::move(path)), documents_(std::move(documents)) {}
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;
RecordReader::~RecordReader() = default;

Result<RecordReader> RecordReader::open(const std::string& path, FileFormat format, std::size_t record_bytes_max) {
    auto source = ByteSource::open(path);
    if (!source) return source.error();
    LineReader lines(std::move(*source), record_bytes_max);
    std::unique_ptr<Documents> documents;
    switch (format) {
        case FileFormat::csv:
            documents = std::make_unique<CsvDocuments>(std::move(lines), record_bytes_max);
            break;
        case FileFormat::conll:
            documents = std::make_unique<ConllDocuments>(std::move(lines), record_bytes_max);
            break;
        case FileFormat::jsonl:
        case FileFormat::text:
            documents = std::make_unique<LineDocuments>(std::move(lines), format, record_bytes_max);
            break;
    }
    return RecordReader(path, std::move(documents));
}

Result<std::optional<Record>> RecordReader::next() {
    auto value = documents_->next();
    if (!value) return value.error();
    if (!*value) return std::nullopt;
    Record record;
    record.origin.partition.topic = path_;
    record.origin.offset = next_++;
    record.value = std::move((*value)->bytes);
    if (!(*value)->problem.empty()) record.headers.push_back({problem_header, std::move((*value)->problem)});
    return std::optional<Record>(std::move(record));
}

bool RecordReader::would_block() const { return documents_->lines().would_block(); }
int RecordReader::descriptor() const { return documents_->lines().source().descriptor(); }
std::uint64_t RecordReader::bytes_read() const { return documents_->lines().bytes_read(); }
std::uint64_t RecordReader::size() const { return documents_->lines().source().size(); }

}  // namespace prelabel::files
