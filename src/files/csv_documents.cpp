#include "files/columns.hpp"
#include "files/csv_row.hpp"
#include "files/documents.hpp"

#include <prelabel/base/utf8.hpp>
#include <prelabel/labeling/metadata_picker.hpp>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>
#include <vector>

namespace prelabel::files {
namespace {

constexpr std::size_t columns_max = 16'384;       // as many as spreadsheets have
constexpr std::string_view delimiters = ",;\t|";  // the first one where none or two are as frequent

/// The one that stands most often in the header's first line, outside of quotes.
char delimiter_of(std::string_view header) {
    std::array<std::size_t, delimiters.size()> counts{};
    bool quoted = false;
    for (const char c : header) {
        if (c == '"') quoted = !quoted;
        const auto which = delimiters.find(c);
        if (!quoted && which != std::string_view::npos) ++counts[which];
    }
    return delimiters[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

std::string spelled(char delimiter) { return delimiter == '\t' ? "tab" : std::string(1, delimiter); }

/// Rows of a CSV with a header. A quoted field may reach over lines, so a row goes on until it is whole.
class CsvDocuments final : public Documents {
public:
    CsvDocuments(const std::string& path, FileFormat format, const ReadOptions& options)
        : path_(path),
          options_(options),
          delimiter_(options.delimiter == 0 && format == FileFormat::tsv ? '\t' : options.delimiter),
          row_(delimiter_, columns_max) {
        begin_row();
    }

    Result<std::optional<Value>> feed(const Line& line) override {
        if (first_line_ == 0) first_line_ = line.number;
        too_large_ = line.cut || raw_.size() + line.text.size() > options_.record_bytes_max;
        if (delimiter_ == 0 && line.text.find_first_not_of(" \t") != std::string_view::npos) {
            delimiter_ = delimiter_of(line.text);
            row_ = CsvRow(delimiter_, columns_max);
            row_.clear();
        }
        raw_ += line.text;
        if (too_large_) {
            problem_ = too_long(first_line_, options_.record_bytes_max) + "; is a quote left open?";
        } else if (!row_.feed(line.text, line.ending)) {
            raw_ += line.ending;
            return std::nullopt;
        }
        return end_row();
    }

    Result<std::optional<Value>> finish() override {
        if (first_line_ == 0) return std::nullopt;
        problem_ = "a quote opened at line " + std::to_string(first_line_) + " is never closed";
        return end_row();
    }

private:
    void begin_row() {
        row_.clear();
        raw_.clear();
        problem_.clear();
        too_large_ = false;
        first_line_ = 0;
    }

    Result<std::optional<Value>> end_row() {
        std::optional<Value> value;
        if (!problem_.empty() || !row_.blank()) {
            if (columns_.empty()) {
                if (auto header = take_header(); !header) return header.error();
            } else {
                if (problem_.empty()) check_row();
                value = problem_.empty() ? object() : unreadable(raw_, std::move(problem_), too_large_);
                value->line = first_line_;
            }
        }
        begin_row();
        return value;
    }

    [[nodiscard]] Error bad(Fault fault, const std::string& what) const {
        return {fault, path_ + ':' + std::to_string(first_line_) + ": " + what};
    }

    Result<> take_header() {
        if (!problem_.empty()) return bad(Fault::input, problem_);
        if (auto problem = encoding_problem(path_, raw_, first_line_)) return bad(Fault::input, *problem);
        if (row_.field_count() > columns_max)
            return bad(Fault::input, "the header has " + std::to_string(row_.field_count()) + " columns, more than " +
                                         std::to_string(columns_max) + "; does the file begin with a header?");
        columns_ = row_.fields();
        row_ = CsvRow(delimiter_, columns_.size());
        std::unordered_set<std::string_view> names;
        for (const auto& column : columns_) {
            if (column.empty()) return bad(Fault::input, "a column of the header has no name");
            if (!names.insert(column).second)
                return bad(Fault::input, "the header names column '" + column + "' twice");
        }
        if (!options_.text.empty()) {
            if (const auto text = find("input.text", options_.text, "which is the text?"); !text) return text.error();
        }
        has_id_ = std::ranges::find(columns_, "id") != columns_.end();
        has_id_ |= options_.text.empty();  // whoever takes any columns wants those that are there
        if (options_.id == ReadOptions().id) return {};
        has_id_ = true;
        const auto id = find("input.id", options_.id, "which is the id?");
        return id ? Result<>() : id.error();
    }

    /// Checks that a pointer leads to a column.
    Result<> find(const std::string& key, const std::string& pointer, const std::string& question) const {
        const auto path = labeling::split_pointer(pointer);
        if (path.size() == 1 && std::ranges::find(columns_, path.front()) != columns_.end()) return {};
        auto error = no_such_column(path_, columns_, {key, pointer, question});
        if (columns_.size() == 1)
            error.message += "; fields are read as separated by `" + spelled(delimiter_) + "` (--delimiter)";
        return error;
    }

    void check_row() {
        const auto at = "the row at line " + std::to_string(first_line_);
        if (row_.malformed())
            problem_ = at + " has text after a closing quote";
        else if (row_.field_count() != columns_.size())
            problem_ = at + " has " + std::to_string(row_.field_count()) + " fields, the header " +
                       std::to_string(columns_.size());
        else if (auto problem = encoding_problem(path_, raw_, first_line_))
            problem_ = std::move(*problem);
    }

    Value object() const {
        Value value;
        if (!has_id_) append_member("id", made_id(path_, options_, first_line_), value.bytes);
        for (std::size_t i = 0; i < columns_.size(); ++i) append_member(columns_[i], row_.fields()[i], value.bytes);
        value.bytes += '}';
        return value;
    }

    std::string path_;
    ReadOptions options_;
    char delimiter_;
    std::vector<std::string> columns_;
    bool has_id_ = false;
    CsvRow row_;
    std::string raw_;
    std::string problem_;
    bool too_large_ = false;
    std::uint64_t first_line_ = 0;
};

}  // namespace

std::unique_ptr<Documents> make_csv_documents(const std::string& path, FileFormat format, const ReadOptions& options) {
    return std::make_unique<CsvDocuments>(path, format, options);
}

}  // namespace prelabel::files
